import Foundation
import JWTKit

/// The keys of one JSON Web Key Set (RFC 7517).
struct SigningKeys: Sendable {
    let keys: JWTKeyCollection
    /// What they are called.
    let ids: Set<String>
    /// As they were written.
    let text: [UInt8]

    /// None.
    init() { (keys, ids, text) = (JWTKeyCollection(), [], []) }

    /// What is no key for signatures that is known here is passed over, as RFC 7517, 5 has it: providers list those for
    /// encryption beside the others.
    ///
    /// - Throws: what is wrong with it; one without a key that counts lets nobody in, and is no set.
    init(_ text: [UInt8]) async throws {
        let set = try JSONDecoder().decode(Entries.self, from: Data(text))
        let keys = JWTKeyCollection()
        var ids: Set<String> = []
        for key in set.keys.compactMap(\.key) {
            guard let id = key.keyIdentifier?.string, (try? await keys.add(jwk: key)) != nil else { continue }
            ids.insert(id)
        }
        guard !ids.isEmpty else { throw CocoaError(.fileReadCorruptFile) }
        (self.keys, self.ids, self.text) = (keys, ids, text)
    }

    private struct Entries: Decodable {
        struct Entry: Decodable {
            /// Nil: it is of a kind that is not known here.
            var key: JWK?

            init(from decoder: any Decoder) throws { key = try? JWK(from: decoder) }
        }

        var keys: [Entry]
    }

    /// Whether one of them may have signed a token: it names one, or none at all.
    func mayHaveSigned(_ token: String) -> Bool {
        guard let id = Self.keyID(of: token) else { return !text.isEmpty }
        return ids.contains(id)
    }

    /// The key that a token names (RFC 7515, 4.1.4); nothing of it is believed yet.
    private static func keyID(of token: String) -> String? {
        struct Header: Decodable { var kid: String? }
        var coded = token.prefix { $0 != "." }.replacing("-", with: "+").replacing("_", with: "/")
        coded += String(repeating: "=", count: (4 - coded.count % 4) % 4)
        guard let header = Data(base64Encoded: String(coded)) else { return nil }
        return (try? JSONDecoder().decode(Header.self, from: header))?.kid
    }
}
