import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Over TLS of its own", .timeLimit(.minutes(3)))
    struct SecureTests {
        private static let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/through-proxy.py")
            .path()

        /// A server with TLS and without, and the port of the first.
        private func serve(_ arguments: [String] = []) async throws -> (server: StreamTapProcess, secure: Int) {
            let files = try await TestCertificate()
            let server = try await StreamTapProcess.serving(
                ProxyTests.plans,
                arguments: [
                    "--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0", "--allow-host", "cams.example",
                    "--insecure-allow-anyone",
                    "--tls-certificate", files.certificate, "--tls-key", files.key,
                ] + arguments)
            let match = try #require(server.process.output.firstMatch(of: /https:\/\/127.0.0.1:(\d+)/))
            return (server, try #require(Int(match.1)))
        }

        @Test("clients that others wrote: requests, streams that are new, a hundred sockets, idle ones that stay")
        func clients() async throws {
            let (server, secure) = try await serve()
            try await server.create("cam")
            try await server.create("ended")
            try await server.create("away", parameters: ["camera": "rtsp://127.0.0.1:1/none"])
            try await server.reaches("running", "cam")
            try await server.reaches("completed", "ended")
            let address = "https://127.0.0.1:\(secure)"
            let python = try ChildProcess("/usr/bin/python3", [Self.script, "https", "\(secure)", "/", "cams.example"])
            let ffmpeg = try ChildProcess(
                "/usr/bin/ffmpeg",
                [
                    "-nostdin", "-loglevel", "error", "-f", "mpjpeg", "-i",
                    "\(address)/api/vp/taps/cam/live/stream.mjpeg",
                    "-frames:v", "20", "-f", "null", "-",
                ])
            #expect(try await ffmpeg.ended(within: .seconds(30)) == .status(0), "\(ffmpeg.output)")
            for version in ["1.2", "1.3"] {
                let curl = try ChildProcess(
                    "/usr/bin/curl",
                    [
                        "-sS", "-k", "-i", "--max-time", "2", "-N", "--tls-max", version, "-H",
                        "Accept: text/event-stream",
                        "\(address)/api/vp/events",
                    ])
                _ = try await curl.line(containing: #""type":"snapshot""#)
                // What it is at stands for itself: the name may have other servers at other ports.
                #expect(!curl.output.lowercased().contains("strict-transport-security"))
                curl.kill()
            }
            let plain = try ChildProcess(
                "/usr/bin/curl", ["-sS", "-i", "--max-time", "5", "http://127.0.0.1:\(secure)/"])
            _ = try await plain.line(containing: "its address begins with https://")
            let exit = try await python.ended(within: .seconds(60))
            #expect(exit == .status(0) && python.output.contains("done"), "\(python.output)")
            try await eventually("nobody watches any more") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                return (taps?["live"] as? [String: any Sendable])?["viewers"] as? Int == 0
            }
        }

        @Test("a browser shows the page, below a path, in a secure context", .enabled(if: Chromium.isInstalled))
        func page() async throws {
            let (server, secure) = try await serve(["--base-path", "/house/cams", "--hsts", "600"])
            let address = "https://127.0.0.1:\(secure)/house/cams"
            let start = try ChildProcess(
                "/usr/bin/curl",
                [
                    "-sS", "-k", "-i", "-X", "POST", "-H", "Origin: https://127.0.0.1:\(secure)", "-H",
                    "Content-Type: application/json", "-d", #"{"plan":"cam"}"#, "\(address)/api/vp/instances",
                ])
            try await start.ended()
            #expect(start.output.contains("201 Created"), "\(start.output)")
            #expect(start.output.contains("Location: instances/cam"), "\(start.output)")
            #expect(start.output.contains("Strict-Transport-Security: max-age=600"), "\(start.output)")
            let profile = try TemporaryDirectory()
            let browser = try await Chromium(profile: profile)
            // Without the slash, as people type it.
            try await browser.open(address)
            try await browser.wait(
                for: "pictures", "[...document.querySelectorAll('canvas')].some((one) => ![0, 300].includes(one.width))"
            )
            #expect(try await browser.evaluate("isSecureContext && location.pathname") == "/house/cams/")
            #expect(await browser.problems.isEmpty)
            _ = server
        }

        @Test("a certificate or key that does not do ends the start with a sentence")
        func sentences() async throws {
            let (files, other) = (try await TestCertificate(), try await TestCertificate())
            for (arguments, words) in [
                (["--tls-certificate", files.certificate, "--tls-key", other.key], "is not that of the certificate"),
                (
                    ["--tls-certificate", "/none.pem", "--tls-key", files.key],
                    "cannot be read: No such file or directory"
                ),
                (["--tls-certificate", files.certificate], "both --tls-certificate and --tls-key"),
                (["--listen", "https://127.0.0.1:0"], "takes --tls-certificate and --tls-key"),
                (["--listen", "127.0.0.1:0", "--host", "127.0.0.1"], "--listen takes the place of --host and --port"),
                (["--listen", "nonsense"], "is no address to listen on"),
                (["--socket-mode", "rw"], "is no mode of a file"),
                (["--trusted-proxy", "nginx"], "is neither a network"),
                (["--base-path", "a b"], "is no path such as /cams"),
            ] {
                let process = try ChildProcess(
                    StreamTapProcess.executable("streamtap"), ["serve", "--no-state"] + arguments)
                let exit = try await process.ended(within: .seconds(20))
                #expect(exit != .status(0))
                #expect(process.output.contains(words), "\(arguments): \(process.output)")
            }
        }

        @Test("a socket that systemd hands over: a restart refuses nobody who connects")
        func handedOver() async throws {
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/socket-activation.py").path()
            let process = try ChildProcess(
                "/usr/bin/python3", [script, StreamTapProcess.executable("streamtap"), "serve", "--no-state"])
            let exit = try await process.ended(within: .seconds(60))
            #expect(exit == .status(0) && process.output.contains("done"), "\(process.output)")
        }

        @Test("what systemd hands over and what is asked for are both listened on; what is no socket is told of")
        func handedOverBesides() async throws {
            let path = try TemporaryDirectory().path + "/http.sock"
            let program = StreamTapProcess.executable("streamtap")
            let line = #"exec 3<>/dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@""#
            let wrong = try ChildProcess("/bin/sh", ["-c", line, "sh", program, "serve", "--no-state"])
            #expect(try await wrong.ended() != .status(0))
            #expect(wrong.output.contains("is no listening stream socket"), "\(wrong.output)")
            // Meant for another process.
            let other = try ChildProcess(
                "/bin/sh",
                [
                    "-c", #"exec 3<>/dev/null; LISTEN_PID=1 LISTEN_FDS=1 exec "$@""#, "sh", program, "serve",
                    "--no-state",
                    "--listen", "unix:\(path)", "--socket-mode", "600",
                ])
            _ = try await other.line(containing: "StreamTap is ready: unix:\(path)")
            let curl = try ChildProcess("/usr/bin/curl", ["-sS", "--unix-socket", path, "http://localhost/healthz"])
            try await curl.ended()
            #expect(curl.output.contains(#""status":"ok""#), "\(curl.output)")
            other.signal(SIGTERM)
            #expect(try await other.ended() == .status(0))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
