import Foundation

/// A certificate for this machine that stands on itself, and its key, in files.
public struct TestCertificate: Sendable {
    public let folder: TemporaryDirectory
    public let certificate: String
    public let key: String

    /// - Parameters:
    ///   - name: which it is for, besides this machine's addresses.
    ///   - algorithm: as `openssl genpkey` has it.
    public init(
        for name: String = "cams.example", algorithm: String = "ec -pkeyopt ec_paramgen_curve:prime256v1"
    ) async throws {
        folder = try TemporaryDirectory()
        certificate = folder.path + "/cert.pem"
        key = folder.path + "/key.pem"
        try await Self.make(
            """
            openssl req -x509 -newkey \(algorithm) -nodes -days 2 -keyout '\(key)' -out '\(certificate)' -subj '/CN=\(name)' \
            -addext 'subjectAltName=DNS:\(name),DNS:localhost,IP:127.0.0.1'
            """)
    }

    /// Runs a line of the shell, which makes other files of these.
    public static func make(_ line: String) async throws {
        let shell = try ChildProcess("/bin/sh", ["-c", line])
        guard try await shell.ended() == .status(0) else { throw ProcessFailure("no certificate: \(shell.output)") }
    }

    /// Takes another's place, as a renewed one does.
    public func replace(_ other: TestCertificate) throws {
        for (new, old) in [(certificate, other.certificate), (key, other.key)] {
            try Data(contentsOf: URL(filePath: new)).write(to: URL(filePath: old), options: .atomic)
        }
    }
}
