/// Masks the values of fields that hold credentials: `user=…&password=…` in a query, `user-pw="…"` in a plan,
/// `"password": "…"` in JSON, `Authorization: …` in a log of headers.
enum CredentialFields {
    private static let fields: Set<String> = [
        "user", "username", "usr", "user-id", "login", "password", "passwd", "passphrase", "pwd", "psw", "user-pw",
        "proxy-id", "proxy-pw", "token", "access_token", "access-token", "apikey", "api_key", "api-key", "secret",
        "credentials",
    ]
    /// Words that mean other things too, such as x264enc's `pass`: credentials only in an address's query.
    private static let queryFields: Set<String> = ["pass", "pw", "key", "auth", "session", "signature", "sig"]
    private static let longest = 16

    /// Whether a property of this name holds a credential.
    static func holds(_ name: String) -> Bool { fields.contains(name.lowercased()) }

    /// Whether it is more than a user's name, which stands in other text as well.
    static func holdsPassword(_ name: String) -> Bool {
        holds(name) && !["user", "username", "usr", "user-id", "login", "proxy-id"].contains(name.lowercased())
    }

    static func masked(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        var changed = false
        while position < scalars.count {
            let isWordStart = position == 0 || !isNameScalar(scalars[position - 1])
            if isWordStart, let value = valueRange(at: position, in: scalars) {
                result.append(contentsOf: scalars[position..<value.lowerBound])
                result.append(contentsOf: Credentials.mask.unicodeScalars)
                position = value.upperBound
                changed = true
            } else {
                result.append(scalars[position])
                position += 1
            }
        }
        return changed ? String(result) : text
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCIIAlphanumeric || scalar == "_" || scalar == "-"
    }

    /// The value behind a credential field's name that starts at `start`.
    private static func valueRange(at start: Int, in scalars: [Unicode.Scalar]) -> Range<Int>? {
        var end = start
        while end < scalars.count, end - start <= longest, isNameScalar(scalars[end]) { end += 1 }
        guard end > start, end - start <= longest else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<end])
        let name = String(view).lowercased()
        var position = end
        if name == "authorization" || name == "proxy-authorization" {
            guard position < scalars.count, scalars[position] == ":" else { return nil }
            position = passBlanks(position + 1, in: scalars)
            return range(position, in: scalars) { $0 == "\n" || $0 == "\r" }
        }
        let isInQuery = start > 0 && "?&;".unicodeScalars.contains(scalars[start - 1])
        guard fields.contains(name) || (isInQuery && queryFields.contains(name)) else { return nil }
        let isQuotedName = position < scalars.count && scalars[position] == "\""
        if isQuotedName { position += 1 }
        position = passBlanks(position, in: scalars)
        guard position < scalars.count, scalars[position] == "=" || (isQuotedName && scalars[position] == ":") else {
            return nil
        }
        position = passBlanks(position + 1, in: scalars)
        guard position < scalars.count else { return nil }
        if scalars[position] == "\"" || scalars[position] == "'" {
            return quotedRange(position, in: scalars)
        }
        return range(position, in: scalars) { $0.isPlanWhitespace || "&;\"'<>`,)}".unicodeScalars.contains($0) }
    }

    private static func passBlanks(_ start: Int, in scalars: [Unicode.Scalar]) -> Int {
        var position = start
        while position < scalars.count, position - start < 8, scalars[position] == " " { position += 1 }
        return position
    }

    private static func range(
        _ start: Int, in scalars: [Unicode.Scalar], until isEnd: (Unicode.Scalar) -> Bool
    ) -> Range<Int>? {
        var end = start
        while end < scalars.count, !isEnd(scalars[end]) { end += 1 }
        return end > start ? start..<end : nil
    }

    private static func quotedRange(_ quote: Int, in scalars: [Unicode.Scalar]) -> Range<Int>? {
        var end = quote + 1
        while end < scalars.count, scalars[end] != scalars[quote], scalars[end] != "\n" {
            end += scalars[end] == "\\" ? 2 : 1
        }
        end = min(end, scalars.count)
        return end > quote + 1 ? (quote + 1)..<end : nil
    }
}
