/// A path of the API and what stands behind its question mark.
public struct RequestTarget: Sendable, Hashable {
    /// As it is sent, without the server's base path.
    public let text: String

    /// RFC 3986, 2.3: what stands for itself anywhere.
    private static let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)

    /// A path below `/api/vp`.
    ///
    /// - Parameters:
    ///   - parts: of the path, each a name that may hold anything.
    ///   - query: in this order; those without a value are left out.
    public static func api(_ parts: String..., query: KeyValuePairs<String, String?> = [:]) -> RequestTarget {
        // Nothing is named by a space either; without a name it would be the address of all of them.
        let path = (["api", "vp"] + parts).map { "/" + escaped($0.isEmpty ? " " : $0) }.joined()
        let pairs = query.compactMap { name, value in value.map { "\(escaped(name))=\(escaped($0))" } }
        return RequestTarget(text: pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&"))
    }

    private init(text: String) {
        self.text = text
    }

    /// RFC 3986, 2.1. A name of dots alone would be a way up.
    static func escaped(_ name: String) -> String {
        let isWay = [".", ".."].contains(name)
        return name.utf8.map { byte in
            if unreserved.contains(byte), !isWay { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
