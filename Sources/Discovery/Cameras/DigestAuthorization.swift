/// What proves a password to a camera that asks by HTTP instead of in the message (RFC 7616, of which cameras know MD5).
struct DigestAuthorization: Sendable {
    private static let longest = 4096

    private let realm: String
    private let nonce: String
    private let opaque: String?
    /// Whether the answer counts its uses; older cameras know nothing of it.
    private let isCounted: Bool

    /// Nil where none of the challenges can be answered.
    init?(challenges: [String]) {
        guard let challenge = challenges.first(where: { $0.lowercased().hasPrefix("digest ") }) else { return nil }
        let fields = Self.fields(challenge.dropFirst("digest ".count).prefix(Self.longest))
        guard let nonce = fields["nonce"], ["", "md5"].contains(fields["algorithm"]?.lowercased() ?? "") else {
            return nil
        }
        let ways = (fields["qop"] ?? "").lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
        guard ways.isEmpty || ways.contains("auth") else { return nil }
        realm = fields["realm"] ?? ""
        self.nonce = nonce
        opaque = fields["opaque"]
        isCounted = !ways.isEmpty
    }

    /// The header's value for a POST to `path`.
    func header(for credentials: CameraCredentials, path: String) -> String {
        let own = (0..<8).map { _ in UInt8.random(in: 0...255) }.hexadecimal
        let answer = response(for: credentials, path: path, own: own)
        var fields = [
            "username=\(Self.quoted(credentials.user))", "realm=\(Self.quoted(realm))", "nonce=\(Self.quoted(nonce))",
            "uri=\(Self.quoted(path))", "response=\"\(answer)\"",
        ]
        if isCounted { fields += ["qop=auth", "nc=00000001", "cnonce=\"\(own)\""] }
        if let opaque { fields.append("opaque=\(Self.quoted(opaque))") }
        return "Digest " + fields.joined(separator: ", ")
    }

    /// RFC 7616, 3.4.1; where uses are not counted, RFC 2069's.
    func response(for credentials: CameraCredentials, path: String, own: String, method: String = "POST") -> String {
        func hash(_ text: String) -> String { SecureHash.md5(Array(text.utf8)).hexadecimal }
        let secret = hash("\(credentials.user):\(realm):\(credentials.password)")
        let request = hash("\(method):\(path)")
        return hash(
            isCounted ? "\(secret):\(nonce):00000001:\(own):auth:\(request)" : "\(secret):\(nonce):\(request)")
    }

    /// `realm="a, b", qop=auth` by names in small letters.
    private static func fields(_ text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = text[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { $0 != "," && !$0.isWhitespace }.lowercased()
            rest = rest[rest.index(after: equals)...].drop { $0 == " " }
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let next = rest.popFirst(), next != "\"" {
                    value.append(next == "\\" ? rest.popFirst() ?? next : next)
                }
            } else {
                value = String(rest.prefix { $0 != "," && !$0.isWhitespace })
                rest = rest.dropFirst(value.count)
            }
            if fields[name] == nil { fields[name] = value }
        }
        return fields
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
