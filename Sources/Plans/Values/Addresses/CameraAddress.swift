/// A camera's address as people type it, taken apart: the password may hold `@`, `:`, `/`, `%`, `#` and `?`, encoded or not.
struct CameraAddress {
    /// Without credentials; blanks and what is not ASCII are encoded.
    let address: String
    /// Decoded; nil where there is none.
    let user: String?
    /// Decoded; empty where there is a user's name alone.
    let password: String?

    /// Nil for what is no address of an RTSP camera.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://"),
            ["rtsp", "rtsps", "rtspt", "rtspu", "rtsph", "rtspst", "rtspsu", "rtspsh"]
                .contains(text[..<scheme.lowerBound].lowercased())
        else { return nil }
        let rest = text[scheme.upperBound...]
        let end = Self.credentialsEnd(in: rest)
        let place = end.map { rest[rest.index(after: $0)...] } ?? rest
        address = text[..<scheme.upperBound] + Self.encoded(place)
        guard let end else {
            (user, password) = (nil, nil)
            return
        }
        let credentials = rest[..<end]
        let colon = credentials.firstIndex(of: ":")
        user = Self.decoded(credentials[..<(colon ?? end)])
        password = colon.map { Self.decoded(credentials[credentials.index(after: $0)...]) } ?? ""
    }

    /// With credentials in it that every parser reads in the same way.
    var encoded: String {
        guard let user, let password, let scheme = address.firstRange(of: "://") else { return address }
        let credentials = "\(Self.strictlyEncoded(user)):\(Self.strictlyEncoded(password))@"
        return address[..<scheme.upperBound] + credentials + address[scheme.upperBound...]
    }

    /// The `@` that ends them. What stands before the path has the first say: `user:pa@ss@host/live@1`. Where there is none, and no
    /// port either, the password holds what ends a host: `user:p/w#1@host/main`.
    private static func credentialsEnd(in rest: Substring) -> String.Index? {
        let authority = rest.prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") { return at }
        guard let colon = authority.firstIndex(of: ":"), !authority.hasPrefix("[") else { return nil }
        let port = authority[authority.index(after: colon)...]
        let isPort = port.utf8.count <= 5 && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
        // A host and a port that goes on with `#` or `?` instead of a path is none.
        let isPlace =
            isPort && !port.isEmpty && (authority.endIndex == rest.endIndex || rest[authority.endIndex] == "/")
        return isPlace ? nil : rest.firstIndex(of: "@")
    }

    /// `%41` is `A`; what is no such sequence stays.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = ArraySlice(text.utf8)
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.first != UInt8(ascii: "+")
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        // A password that only looks encoded.
        return String(validating: bytes, as: UTF8.self) ?? String(text)
    }

    private static func encoded(_ text: Substring) -> String { encoded(text.utf8) { $0 > 0x20 && $0 < 0x7F } }

    private static func strictlyEncoded(_ text: String) -> String {
        encoded(text.utf8) { byte in
            let scalar = UnicodeScalar(byte)
            return scalar.isASCIIAlphanumeric || "-._~".unicodeScalars.contains(scalar)
        }
    }

    private static func encoded(_ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
        bytes.reduce(into: "") { text, byte in
            if isKept(byte) {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
