import CArgon2
import Foundation

/// What is kept of a password: Argon2id with a salt of its own, as `$argon2id$v=19$m=19456,t=2,p=1$…$…`.
///
/// 19 MiB and two passes are what OWASP's Password Storage Cheat Sheet asks at least; about 50 ms of a core.
struct PasswordHash: Sendable, Hashable {
    /// The encoded form that the reference implementation reads; it holds its own costs.
    let encoded: String

    private static let passes: UInt32 = 2
    private static let kibibytes: UInt32 = 19 * 1024
    private static let saltLength = 16
    private static let hashLength = 32

    /// One that was kept.
    init(encoded: String) { self.encoded = encoded }

    /// Takes tens of milliseconds: not for an event loop.
    ///
    /// - Throws: `ServiceError` `internal` where there is no memory for it.
    init(of password: String) throws(ServiceError) {
        let password = Self.bytes(of: password)
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<Self.saltLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        var encoded = [CChar](repeating: 0, count: 256)
        let result = argon2id_hash_encoded(
            Self.passes, Self.kibibytes, 1, password, password.count, salt, salt.count, Self.hashLength, &encoded,
            encoded.count)
        guard result == ARGON2_OK.rawValue else {
            throw ServiceError(
                .internal, "the password cannot be hashed: \(String(cString: argon2_error_message(result)))")
        }
        self.encoded = String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether it is this password's. Takes as long for any.
    func matches(_ password: String) -> Bool {
        let password = Self.bytes(of: password)
        return argon2id_verify(encoded, password, password.count) == ARGON2_OK.rawValue
    }

    /// Keyboards write the same letters in different ways: Unicode's composed form is one (RFC 8265, 4.2).
    private static func bytes(of password: String) -> [UInt8] {
        Array(password.precomposedStringWithCanonicalMapping.utf8)
    }
}

extension PasswordHash {
    /// What a new password has to be.
    ///
    /// Long enough, and nothing else: rules of what it has to hold make worse ones (NIST SP 800-63B, 5.1.1.2).
    static func check(_ password: String, of user: String) throws(ServiceError) {
        guard password.count >= 8 else { throw .invalidPassword("a password has at least 8 characters") }
        guard password.utf8.count <= 256 else { throw .invalidPassword("a password has at most 256 bytes") }
        guard password.lowercased() != user.lowercased(), Set(password).count > 2 else {
            throw .invalidPassword("this password would be guessed at once")
        }
    }
}
