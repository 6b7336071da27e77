/// Which cameras and devices a value from the network may name.
enum AddressRule {
    private static let longestAddress = 2048

    /// Those that a camera's address may have.
    static let schemes = ["rtsp", "rtsps", "http", "https"]
    /// Those that it may have where nobody says which.
    static let usualSchemes = ["rtsp", "rtsps"]

    /// A camera's address: host and port only before the path, nothing that parsers read in two ways.
    static func checkCamera(_ text: String, schemes: [String] = usualSchemes) throws(AdmissionProblem) {
        guard text.utf8.count <= longestAddress else {
            throw AdmissionProblem("is longer than \(longestAddress) bytes")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F && $0 != "\\" }) else {
            throw AdmissionProblem("holds a blank, a backslash or a character that an address must encode")
        }
        let starts = schemes.map { "\($0)://" }
        guard let start = starts.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw AdmissionProblem("must be an address that starts with \(starts.joined(separator: " or "))")
        }
        let authority = text.dropFirst(start.count).prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw AdmissionProblem("must not hold a user name or a password")
        }
        guard isHostAndPort(authority) else {
            throw AdmissionProblem(
                "must name a host, and a port if need be: \(start)host:\(start.hasPrefix("rtsp") ? 554 : 80)/path")
        }
    }

    static func isHostAndPort(_ authority: Substring) -> Bool {
        var rest = authority
        if rest.hasPrefix("[") {
            let inside = rest.dropFirst().prefix { $0 != "]" }
            guard !inside.isEmpty, inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return false }
            rest = rest.dropFirst(inside.count + 1)
            guard rest.hasPrefix("]") else { return false }
            rest = rest.dropFirst()
        } else {
            let host = rest.prefix { $0 != ":" }
            let isHost = host.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || "-._".unicodeScalars.contains($0) }
            guard !host.isEmpty, isHost else { return false }
            rest = rest.dropFirst(host.count)
        }
        guard let colon = rest.first else { return true }
        let port = rest.dropFirst()
        return colon == ":" && port.unicodeScalars.allSatisfy(\.isASCIIDigit) && UInt16(port) != nil
    }

    /// `^(/dev/(video\d+|v4l/by-(id|path)/[\w.:+-]+)|usb:[\w.:+=@#-]+)$`, without dot segments.
    static func checkDevice(_ text: String) throws(AdmissionProblem) {
        if let number = text.suffix(after: "/dev/video"), !number.isEmpty, number.utf8.count <= 5,
            number.unicodeScalars.allSatisfy(\.isASCIIDigit)
        {
            return
        }
        let link = text.suffix(after: "/dev/v4l/by-id/") ?? text.suffix(after: "/dev/v4l/by-path/")
        if let link, !link.isEmpty, link.utf8.count <= 255, link != ".", link != "..",
            link.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || "_.:+-".unicodeScalars.contains($0) })
        {
            return
        }
        // A serial number: looked for among those of the cameras that are plugged in, and no path.
        if let serial = text.suffix(after: "usb:"), !serial.isEmpty, serial.utf8.count <= 128,
            serial.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || "_.:+=@#-".unicodeScalars.contains($0) })
        {
            return
        }
        throw AdmissionProblem("must be a video device such as usb:SERIAL, /dev/video0 or /dev/v4l/by-id/NAME")
    }
}

extension String {
    func suffix(after prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
