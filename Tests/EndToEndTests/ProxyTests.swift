import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Behind nginx, haproxy and caddy", .enabled(if: !ReverseProxy.installed.isEmpty, "no proxy is installed"),
        .timeLimit(.minutes(3)))
    struct ProxyTests {
        static let plans = [
            "cam": """
            videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=180,framerate=30/1
              ! streamtap name=live

            """,
            "ended": """
            videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=320,height=180,framerate=30/1
              ! streamtap name=live

            """,
            "away": TestPlans.camera,
        ]

        private static let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/through-proxy.py")
            .path()

        /// One proxy, and the addresses that it has.
        private struct Place {
            var proxy: ReverseProxy
            var plain: ReservedPort
            var secure: ReservedPort
        }

        @Test(
            "under a path, plainly and with TLS: requests, streams that are new, a hundred sockets, idle ones that stay"
        )
        func proxies() async throws {
            let certificate = try await TestCertificate()
            let folder = certificate.folder
            try await TestCertificate.make("cd '\(folder.path)' && cat key.pem cert.pem > both.pem")
            let places = try ReverseProxy.installed.map {
                Place(proxy: $0, plain: try ReservedPort(), secure: try ReservedPort())
            }
            // As docs/proxies.md says it, and with a Unix socket besides, which one of them uses.
            let socket = try TemporaryDirectory().path + "/http.sock"
            let server = try await StreamTapProcess.serving(
                Self.plans,
                arguments: [
                    "--listen", "unix:\(socket)", "--listen", "http://127.0.0.1:0", "--allow-host", "cams.example",
                    "--trusted-proxy", "127.0.0.1", "--trusted-proxy", "unix", "--insecure-allow-anyone",
                ])
            try await server.create("cam")
            try await server.create("ended")
            try await server.create("away", parameters: ["camera": "rtsp://127.0.0.1:1/none"])
            try await server.reaches("running", "cam")
            try await server.reaches("completed", "ended")

            var proxies: [ChildProcess] = []
            var clients: [(name: String, process: ChildProcess)] = []
            for place in places {
                let proxy = try place.proxy.start(
                    server: place.proxy == .nginx ? "unix:\(socket)" : "127.0.0.1:\(server.http.port)",
                    plain: place.plain.number, secure: place.secure.number,
                    in: try TemporaryDirectory.copy(of: folder))
                proxies.append(proxy)
                let http = HTTPClient(port: place.plain.number)
                try await eventually("\(place.proxy) is up", evidence: { proxy.output }) {
                    (try? await http.get("/cams/healthz").status) == 200
                }
                for (scheme, port, host) in [
                    ("http", place.plain.number, "127.0.0.1"), ("https", place.secure.number, "cams.example"),
                ] {
                    let process = try ChildProcess(
                        "/usr/bin/python3", [Self.script, scheme, "\(port)", "/cams/", host])
                    clients.append(("\(place.proxy), \(scheme)", process))
                }
            }
            for (name, process) in clients {
                let exit = try await process.ended(within: .seconds(60))
                #expect(exit == .status(0) && process.output.contains("done"), "\(name): \(process.output)")
            }
            for proxy in proxies { proxy.kill() }
            try await eventually("nobody watches any more") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                return (taps?["live"] as? [String: any Sendable])?["viewers"] as? Int == 0
            }
        }

        @Test(
            "a proxy that leaves the path on, with a server that is below it",
            .enabled(if: ReverseProxy.installed.contains(.nginx)))
        func leftOn() async throws {
            let certificate = try await TestCertificate()
            let (plain, secure) = (try ReservedPort(), try ReservedPort())
            let server = try await StreamTapProcess.serving(
                Self.plans,
                arguments: [
                    "--allow-host", "cams.example", "--trusted-proxy", "127.0.0.1", "--base-path", "/cams",
                    "--insecure-allow-anyone",
                ])
            for (plan, state) in [("cam", "running"), ("ended", "completed")] {
                #expect(try await server.http.post("/cams/api/vp/instances", ["plan": plan]).status == 201)
                try await eventually("\(plan) is \(state)") {
                    try await server.http.get("/cams/api/vp/instances/\(plan)").json["state"] as? String == state
                }
            }
            let proxy = try ReverseProxy.nginx.start(
                server: "127.0.0.1:\(server.http.port)", plain: plain.number, secure: secure.number,
                in: certificate.folder, changing: ("proxy_pass http://streamtap/;", "proxy_pass http://streamtap;"))
            let http = HTTPClient(port: plain.number)
            try await eventually("nginx is up", evidence: { proxy.output }) {
                (try? await http.get("/cams/healthz").status) == 200
            }
            let client = try ChildProcess(
                "/usr/bin/python3", [Self.script, "https", "\(secure.number)", "/cams/", "cams.example", "briefly"])
            let exit = try await client.ended(within: .seconds(60))
            #expect(exit == .status(0) && client.output.contains("done"), "\(client.output)")
            proxy.kill()
        }
    }
}

extension TemporaryDirectory {
    /// A new directory with the same files.
    fileprivate static func copy(of other: TemporaryDirectory) throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: other.path) {
            try FileManager.default.copyItem(atPath: "\(other.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        return copy
    }
}
