/// Finds userinfo in addresses, `scheme://userinfo@host`, also where the password holds what it should not: `@`, `/`,
/// `#`, `?` and blanks, unencoded.
enum AddressCredentials {
    static func masked(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        return masked(scalars, at: userinfos(in: scalars)) ?? text
    }

    /// As `masked`, of a text that is known to be an address and may lack its scheme, as `proxy=user:password@host` does.
    static func masked(address text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        return masked(scalars, at: userinfos(inAddress: scalars)) ?? text
    }

    /// Nil when there is nothing to mask.
    private static func masked(_ scalars: [Unicode.Scalar], at ranges: [Range<Int>]) -> String? {
        guard !ranges.isEmpty else { return nil }
        var result = String.UnicodeScalarView()
        var position = 0
        for range in ranges {
            result.append(contentsOf: scalars[position..<range.lowerBound])
            result.append(contentsOf: Credentials.mask.unicodeScalars)
            position = range.upperBound
        }
        result.append(contentsOf: scalars[position...])
        return String(result)
    }

    /// The places of all userinfos in an address, which may lack its scheme.
    static func userinfos(inAddress scalars: [Unicode.Scalar]) -> [Range<Int>] {
        let found = userinfos(in: scalars)
        guard found.isEmpty, let first = scalars.first, first != "/", first != ".",
            let colon = scalars.firstIndex(of: ":"), let at = scalars.lastIndex(of: "@"), colon < at,
            !scalars[colon...].starts(with: [":", "/", "/"])
        else { return found }
        return [0..<at]
    }

    /// The places of all userinfos, without their `@`, in order.
    static func userinfos(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var starts: [Int] = []
        var position = 0
        while position + 2 < scalars.count {
            if scalars[position] == ":", scalars[position + 1] == "/", scalars[position + 2] == "/" {
                starts.append(position + 3)
                position += 3
            } else {
                position += 1
            }
        }
        for (index, start) in starts.enumerated() {
            // The next address's scheme ends this one.
            let limit =
                index + 1 < starts.count ? schemeStart(before: starts[index + 1] - 3, in: scalars) : scalars.count
            guard start < limit else { continue }
            let end = userinfoEnd(from: start, to: limit, in: scalars)
            if let end { ranges.append(start..<end) }
            ranges += pathLogins(from: end ?? start, to: limit, in: scalars)
        }
        return ranges
    }

    /// What some cameras are logged in by: a part of the path, `/admin:password/`. Told by the user's name, since a colon in a path may
    /// be anything.
    private static func pathLogins(from start: Int, to limit: Int, in scalars: [Unicode.Scalar]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = start
        while position < limit, !isAddressEnd(scalars[position]), scalars[position] != "?", scalars[position] != "#" {
            position += 1
            guard scalars[position - 1] == "/" else { continue }
            let part = scalars[position..<limit].prefix { !isAddressEnd($0) && !"/?#".unicodeScalars.contains($0) }
            guard let colon = part.firstIndex(of: ":"), colon + 1 < part.endIndex,
                logins.contains(String(String.UnicodeScalarView(part[..<colon])).lowercased())
            else { continue }
            ranges.append(part.startIndex..<part.endIndex)
            position = part.endIndex
        }
        return ranges
    }

    private static let logins: Set<String> = [
        "admin", "administrator", "root", "user", "viewer", "guest", "operator", "service", "supervisor", "ubnt", "pi",
        "camera", "default",
    ]

    private static func schemeStart(before colon: Int, in scalars: [Unicode.Scalar]) -> Int {
        var position = colon
        while position > 0,
            scalars[position - 1].isASCIIAlphanumeric || "+-.".unicodeScalars.contains(scalars[position - 1])
        {
            position -= 1
        }
        return position
    }

    /// The `@` that ends the userinfo which starts at `start`; nil when there is none.
    private static func userinfoEnd(from start: Int, to limit: Int, in scalars: [Unicode.Scalar]) -> Int? {
        var authorityEnd = start
        while authorityEnd < limit, !isAddressEnd(scalars[authorityEnd]),
            !"/?#".unicodeScalars.contains(scalars[authorityEnd])
        {
            authorityEnd += 1
        }
        let authority = scalars[start..<authorityEnd]
        var addressEnd = authorityEnd
        while addressEnd < limit, !isAddressEnd(scalars[addressEnd]) { addressEnd += 1 }
        let lastAt = scalars[start..<addressEnd].lastIndex(of: "@")
        if authority.contains("@") { return lastAt }
        guard let colon = authority.firstIndex(of: ":"), !authority.contains("[") else {
            // No password: `host/live@1`.
            return nil
        }
        // `host:554` is an address without userinfo; anything else behind the colon may be a password with blanks.
        let port = scalars[(colon + 1)..<authorityEnd]
        let isPort = !port.isEmpty && port.count <= 5 && port.allSatisfy(\.isASCIIDigit)
        // `10.0.0.5:554/live@1` says itself what it is; `cam:554/live@1` may be a user and a password with a slash.
        if isPort, isIPv4(authority[..<colon]) { return nil }
        if let lastAt { return lastAt }
        return isPort ? nil : atBehindBlanks(from: addressEnd, to: limit, in: scalars)
    }

    private static func atBehindBlanks(from start: Int, to limit: Int, in scalars: [Unicode.Scalar]) -> Int? {
        var position = start
        while position < min(limit, start + 128), scalars[position] != "\n", scalars[position] != "\r" {
            if scalars[position] == "@" { return position }
            position += 1
        }
        return nil
    }

    private static func isIPv4(_ host: ArraySlice<Unicode.Scalar>) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) }
    }

    private static func isAddressEnd(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isPlanWhitespace || "\"'<>`".unicodeScalars.contains(scalar)
    }
}
