import Synchronization

/// The link by which a fresh machine's first admin is made: whoever sees what the server prints at its start is at the machine.
final class FirstAdmin: Sendable {
    private let secret = OpaqueSecret()
    private let isUsed = Atomic<Bool>(false)

    /// What the link ends with.
    var key: String { secret.text }

    /// - Throws: `ServiceError` `setup_over`.
    func check(_ key: String) throws(ServiceError) {
        guard !isUsed.load(ordering: .acquiring), OpaqueSecret.Digest(of: key) == secret.digest else {
            throw .setupOver
        }
    }

    /// There is an admin.
    func close() { isUsed.store(true, ordering: .releasing) }
}
