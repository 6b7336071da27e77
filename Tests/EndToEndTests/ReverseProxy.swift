import Foundation
import Glibc
import TestSupport

/// A proxy that others wrote, from its own package, which shows a server under `/cams/`: plainly, and with TLS of its own.
enum ReverseProxy: String, CaseIterable, Sendable {
    case nginx, haproxy, caddy

    static let installed = allCases.filter { access($0.executable, X_OK) == 0 }

    var executable: String { self == .caddy ? "/usr/bin/caddy" : "/usr/sbin/\(rawValue)" }

    /// Connections on which nothing goes are cut after 5 s.
    ///
    /// - Parameter change: of what docs/proxies.md prints.
    func start(
        server: String, plain: Int, secure: Int, in folder: TemporaryDirectory, changing change: (String, String)? = nil
    ) throws -> ChildProcess {
        var text = try configuration(server: server, plain: plain, secure: secure, in: folder.path)
        if let (old, new) = change {
            guard text.contains(old) else { throw ProcessFailure("docs/proxies.md has no '\(old)' for \(rawValue)") }
            text = text.replacing(old, with: new)
        }
        let file = try folder.write(text, to: rawValue)
        return switch self {
        case .nginx: try ChildProcess(executable, ["-c", file, "-p", folder.path])
        case .haproxy: try ChildProcess(executable, ["-db", "-f", file])
        case .caddy:
            try ChildProcess(
                executable, ["run", "--config", file, "--adapter", "caddyfile"], environment: ["HOME": folder.path])
        }
    }

    /// What docs/proxies.md prints, with this test's addresses and files, and no patience.
    private func configuration(server: String, plain: Int, secure: Int, in folder: String) throws -> String {
        let page = try String(
            contentsOf: StreamTapProcess.repository.appending(path: "docs/proxies.md"), encoding: .utf8)
        guard
            let printed = page.components(separatedBy: "\n```").first(where: { $0.hasPrefix(rawValue + "\n") })?
                .dropFirst(rawValue.count + 1)
        else { throw ProcessFailure("docs/proxies.md has nothing for \(rawValue)") }
        let changes: [(String, String)] =
            switch self {
            case .nginx:
                [
                    ("listen 443 ssl;", "listen 127.0.0.1:\(plain); listen 127.0.0.1:\(secure) ssl;"),
                    ("/etc/ssl/cams.pem", "\(folder)/cert.pem"), ("/etc/ssl/cams.key", "\(folder)/key.pem"),
                    ("proxy_http_version 1.1;", "proxy_http_version 1.1; proxy_read_timeout 5s;"),
                ]
            case .haproxy:
                [
                    ("bind :443", "bind 127.0.0.1:\(plain)\n  bind 127.0.0.1:\(secure)"),
                    ("/etc/ssl/cams-and-key.pem", "\(folder)/both.pem"), ("timeout client 50s", "timeout client 5s"),
                    ("timeout server 50s", "timeout server 5s"),
                ]
            case .caddy:
                [
                    ("cams.example {", "(cams) {\n  bind 127.0.0.1"),
                    ("127.0.0.1:8277 {", "127.0.0.1:8277 {\n transport http {\n read_timeout 5s\n }"),
                ]
            }
        var text = String(printed)
        for (old, new) in changes + [("127.0.0.1:8277", server)] {
            guard text.contains(old) else { throw ProcessFailure("docs/proxies.md has no '\(old)' for \(rawValue)") }
            text = text.replacing(old, with: new)
        }
        return surroundings(of: text, plain: plain, secure: secure, in: folder)
    }

    /// What a machine's own configuration has around it.
    private func surroundings(of text: String, plain: Int, secure: Int, in folder: String) -> String {
        switch self {
        case .nginx:
            """
            daemon off;
            user root;
            pid nginx.pid;
            error_log stderr;
            events { worker_connections 512; }
            http {
            access_log off;
            \(["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \($0);" }.joined(separator: " "))
            \(text)
            }

            """
        case .haproxy: text + "\n"
        case .caddy:
            """
            {
              admin off
              auto_https off
              storage file_system \(folder)
            }
            \(text)
            http://:\(plain) {
              import cams
            }
            https://:\(secure) {
              tls \(folder)/cert.pem \(folder)/key.pem
              import cams
            }

            """
        }
    }
}
