import Crypto
import Foundation

/// A secret that only whoever it was given to knows: 256 random bits. Here only its hash is kept.
struct OpaqueSecret: Sendable {
    /// What it is found by: SHA-256. Whoever reads it has nothing that lets them in.
    struct Digest: Sendable, Hashable {
        let bytes: Data

        init(bytes: Data) { self.bytes = bytes }

        /// The hash of what somebody says.
        init(of text: some StringProtocol) { bytes = Data(SHA256.hash(data: Data(text.utf8))) }
    }

    /// As it is handed over, once.
    let text: String

    var digest: Digest { Digest(of: text) }

    /// A new one, which begins with `prefix`.
    init(prefix: String = "") {
        var generator = SystemRandomNumberGenerator()
        let bytes = Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        // Base 64 for addresses (RFC 4648, 5), without padding.
        text =
            prefix
            + bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
