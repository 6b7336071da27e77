import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A page of another origin, in real browsers: what it can show of a camera, and what an operator can allow.
    @Suite("Pages of others")
    struct PageFramingTests {
        /// What the other page got, word by word.
        struct Case: Sendable, CustomTestStringConvertible {
            var option: String?
            var pictures: String
            var isFramed: Bool

            var testDescription: String { option ?? "nothing allowed" }
        }

        private static let cases = [
            Case(option: nil, pictures: "blocked", isFramed: false),
            Case(option: "--allow-framing", pictures: "blocked", isFramed: true),
            Case(option: "--allow-origin", pictures: "shown", isFramed: false),
        ]

        @Test("show what was allowed them, and nothing else", arguments: BrowserKind.installed, cases)
        func foreign(_ kind: BrowserKind, _ one: Case) async throws {
            let site = try ReservedPort()
            let origin = "http://127.0.0.1:\(site.number)"
            let server = try await StreamTapProcess.serving(
                ["cam": PageSession.plan], arguments: one.option.map { [$0, origin] } ?? [])
            try await server.create("cam")
            _ = try await server.snapshot("cam", "plain")
            let directory = try TemporaryDirectory()
            try directory.write(Self.page(server.http.port), to: "index.html")
            let web = try ChildProcess(
                "/usr/bin/python3",
                ["-m", "http.server", "--bind", "127.0.0.1", "--directory", directory.path, "\(site.number)"])
            defer { web.kill() }
            try await eventually("the other site") { (try? await HTTPClient(port: site.number).get("/").status) == 200 }
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open(origin + "/")

            try await browser.wait(
                for: "all answers", "['image', 'stream', 'call', 'socket'].every((name) => results[name] !== undefined)"
            )
            for name in ["image", "stream", "call", "socket"] {
                #expect(try await browser.evaluate("results.\(name)") == one.pictures, "\(name)")
            }
            // A frame that is refused has loaded as well: what a browser shows instead.
            try await browser.wait(for: "the frames", "results.embed !== undefined && results.page !== undefined")
            let watchers = {
                let metrics = try await server.http.get("/metrics").text
                return metrics.firstMatch(of: /(?m)^streamtap_watchers (\d+)/).flatMap { Int($0.1) } ?? 0
            }
            if one.isFramed {
                try await eventually("the embedded tap, and no other page of ours") { try await watchers() == 1 }
            } else {
                // Whatever was in a frame would have been asked for its socket before this page was done.
                try await browser.wait(for: "a moment more", "new Promise((done) => setTimeout(() => done(true), 500))")
                #expect(try await watchers() == 0)
            }
        }

        private static func page(_ port: Int) -> String {
            let server = "http://127.0.0.1:\(port)"
            let picture = "\(server)/api/vp/taps/cam/plain"
            return """
                <!doctype html>
                <script>
                  const results = {};
                  const note = (name, what) => { results[name] ??= what; };
                </script>
                <img src="\(picture)/frame.jpg" onload="note('image', 'shown')" onerror="note('image', 'blocked')">
                <img id="stream" src="\(picture)/stream.mjpeg" onerror="note('stream', 'blocked')">
                <iframe src="\(server)/embed/cam/plain" onload="note('embed', true)"></iframe>
                <iframe src="\(server)/?wall=" onload="note('page', true)"></iframe>
                <script>
                  fetch("\(picture)/frame.jpg").then((answer) => answer.blob())
                    .then(({ size }) => note('call', size > 100 ? 'shown' : 'empty'), () => note('call', 'blocked'));
                  const socket = new WebSocket("ws://127.0.0.1:\(port)/ws/vp/tap/cam/plain?format=binary");
                  socket.onmessage = () => note('socket', 'shown');
                  socket.onerror = () => note('socket', 'blocked');
                  // A stream never ends: it is shown as soon as it has a size.
                  setInterval(() => { if (document.getElementById('stream').naturalWidth > 0) note('stream', 'shown'); }, 50);
                </script>
                """
        }
    }
}
