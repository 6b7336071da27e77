import Foundation
import HTTPTypes
import Hummingbird

/// What tells one version of an answer from another (RFC 9110, 8.8.3).
struct EntityTag: Sendable, Hashable {
    /// With its quotes.
    let text: String

    /// FNV-1a: a change is to be noticed, not an attack.
    init(_ content: some Sequence<UInt8>) {
        let hash = content.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        text = "\"\(String(hash, radix: 16))\""
    }

    /// - Parameter name: what nothing else has that is served at the same address; without quotes.
    init(name: String) {
        text = "\"\(name)\""
    }

    /// Whether whoever asks has this version already.
    func isKnown(to request: Request) -> Bool {
        request.headers[.ifNoneMatch]?.split(separator: ",").contains { tag in
            let tag = tag.trimmingCharacters(in: .whitespaces)
            return tag == "*" || (tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag) == text
        } ?? false
    }
}
