import Foundation
import Logging
import TestSupport
import Testing

@testable import Server

@Suite("The server's certificate", .timeLimit(.minutes(2)))
struct ServerCertificateTests {
    @Test("keys and certificates of every usual make")
    func makes() async throws {
        let makes = [
            "rsa:2048", "ec -pkeyopt ec_paramgen_curve:prime256v1", "ec -pkeyopt ec_paramgen_curve:secp384r1",
            "ed25519",
        ]
        for algorithm in makes {
            let files = try await TestCertificate(algorithm: algorithm)
            _ = try ServerCertificate(certificate: files.certificate, key: files.key, logger: Logger(label: "test"))
        }
        // All in one file, with words before it, with parameters of the curve, as PKCS #1 and SEC 1, with CRLF.
        let files = try await TestCertificate()
        let folder = files.folder.path
        try await TestCertificate.make(
            """
            cd '\(folder)' && { openssl x509 -in cert.pem -text; openssl ecparam -name prime256v1; \
            openssl ec -in key.pem; } > all.pem 2>/dev/null && sed 's/$/\\r/' all.pem > crlf.pem
            """)
        for name in ["all.pem", "crlf.pem"] {
            _ = try ServerCertificate(
                certificate: "\(folder)/\(name)", key: "\(folder)/\(name)", logger: Logger(label: "test"))
        }
        let old = try await TestCertificate(algorithm: "rsa:2048")
        try await TestCertificate.make("cd '\(old.folder.path)' && openssl rsa -traditional -in key.pem -out old.pem")
        _ = try ServerCertificate(
            certificate: old.certificate, key: old.folder.path + "/old.pem", logger: Logger(label: "test"))
    }

    @Test("files that do not do are told of in words")
    func words() async throws {
        let files = try await TestCertificate()
        let other = try await TestCertificate()
        let folder = files.folder.path
        try await TestCertificate.make(
            """
            cd '\(folder)' && openssl pkey -in key.pem -aes256 -passout pass:x -out locked.pem && : > empty.pem \
            && head -c 300 cert.pem > half.pem && { head -c 100 cert.pem; tail -c +140 cert.pem; } > bitten.pem \
            && openssl x509 -in cert.pem -outform der -out cert.der && mkdir folder.pem
            """)
        let cases: [(certificate: String, key: String, says: String)] = [
            ("none.pem", "key.pem", "cannot be read: No such file"),
            ("folder.pem", "key.pem", "cannot be read"),
            ("empty.pem", "key.pem", "has no certificate in it"),
            ("half.pem", "key.pem", "has no certificate in it"),
            ("cert.der", "key.pem", "has no certificate in it"),
            ("key.pem", "cert.pem", "has no certificate in it"),
            ("bitten.pem", "key.pem", "cannot be understood"),
            ("cert.pem", "cert.pem", "has no key in it"),
            ("cert.pem", "none.pem", "cannot be read: No such file"),
            ("cert.pem", "locked.pem", "is protected by a password"),
            ("cert.pem", other.key, "is not that of the certificate"),
        ]
        for (certificate, key, words) in cases {
            let error = #expect(throws: ServiceError.self, "\(certificate) \(key)") {
                try ServerCertificate(
                    certificate: "\(folder)/\(certificate)", key: key.hasPrefix("/") ? key : "\(folder)/\(key)",
                    logger: Logger(label: "test"))
            }
            #expect(error?.message.contains(words) == true, "\(certificate) \(key): \(error?.message ?? "")")
        }
    }

    @Test("a renewed one is shown to the next who comes; a broken one is told of once, and the one before stays")
    func renewal() async throws {
        let log = RecordedLog()
        let files = try await TestCertificate(for: "first.example")
        let certificate = try ServerCertificate(
            certificate: files.certificate, key: files.key, every: .milliseconds(50), logger: log.logger())
        try await RunningTestServer.run(certificate: certificate) { server in
            func name() async throws -> String {
                let client = try ChildProcess(
                    "/bin/sh",
                    ["-c", "openssl s_client -connect 127.0.0.1:\(server.port) </dev/null 2>/dev/null | grep ^subject"])
                _ = try await client.ended()
                return client.output
            }
            #expect(try await name().contains("first.example"))
            let viewer = try await RawConnection.open(port: server.port, isSecure: true)
            try await viewer.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = try await viewer.read { String(decoding: $0, as: UTF8.self).hasSuffix("}") }
            try await TestCertificate(for: "second.example").replace(files)
            try await eventually("a renewal", evidence: { log.lines.joined(separator: "\n") }) {
                log.lines.contains { $0.contains("was renewed") }
            }
            #expect(try await name().contains("second.example"))
            // Whoever is there stays.
            try await viewer.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = try await viewer.read { String(decoding: $0, as: UTF8.self).hasSuffix("}") }
            await viewer.close()
            for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
                let told = log.lines.count { $0.contains("stays in use") }
                try text.write(toFile: files.certificate, atomically: true, encoding: .utf8)
                try await eventually("a warning") { log.lines.count { $0.contains("stays in use") } == told + 1 }
                #expect(try await name().contains("second.example"))
            }
            let told = log.lines.count { $0.contains("stays in use") }
            try await TestCertificate(for: "third.example").replace(files)
            try await eventually("a renewal", evidence: { log.lines.joined(separator: "\n") }) {
                log.lines.count { $0.contains("was renewed") } == 2
            }
            #expect(try await name().contains("third.example"))
            #expect(log.lines.count { $0.contains("stays in use") } == told, "told once each")
        }
    }

    @Test("one that is over, and a key that everybody may read, are warned of")
    func warnings() async throws {
        let log = RecordedLog()
        let files = try await TestCertificate()
        try await TestCertificate.make(
            """
            cd '\(files.folder.path)' && openssl req -new -key key.pem -subj /CN=old.example -out request.pem \
            && openssl x509 -req -in request.pem -signkey key.pem -days -1 -out cert.pem && chmod 644 key.pem
            """)
        _ = try ServerCertificate(certificate: files.certificate, key: files.key, logger: log.logger())
        #expect(log.lines.contains { $0.contains("is over since") }, "\(log.lines)")
        #expect(log.lines.contains { $0.contains("everybody on this machine may read") }, "\(log.lines)")
    }
}
