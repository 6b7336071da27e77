import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Behind nginx, haproxy and caddy", .enabled(if: !ReverseProxy.installed.isEmpty, "no proxy is installed"),
        .timeLimit(.minutes(3)))
    struct ProxyTests {
        private static let plans = [
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
            let folder = try TemporaryDirectory()
            try await ReverseProxy.writeCertificate(in: folder)
            let places = try ReverseProxy.installed.map {
                Place(proxy: $0, plain: try ReservedPort(), secure: try ReservedPort())
            }
            let server = try await StreamTapProcess.serving(
                Self.plans,
                arguments: ["--allow-host", "cams.example"]
                    + places.flatMap { ["--allow-origin", "https://cams.example:\($0.secure.number)"] })
            try await server.create("cam")
            try await server.create("ended")
            try await server.create("away", parameters: ["camera": "rtsp://127.0.0.1:1/none"])
            try await server.reaches("running", "cam")
            try await server.reaches("completed", "ended")

            var proxies: [ChildProcess] = []
            var clients: [(name: String, process: ChildProcess)] = []
            for place in places {
                let proxy = try place.proxy.start(
                    server: server.http.port, plain: place.plain.number, secure: place.secure.number,
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
