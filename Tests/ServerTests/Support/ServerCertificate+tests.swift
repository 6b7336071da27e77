import Logging
import TestSupport

@testable import Server

extension ServerCertificate {
    /// One for this machine.
    static func forTests() async throws -> ServerCertificate {
        let files = try await TestCertificate()
        return try ServerCertificate(certificate: files.certificate, key: files.key, logger: Logger(label: "test"))
    }
}
