import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// docs/protocol.md, as people paste it.
    @Suite("Clients that the documents print")
    struct ClientTests {
        private static func blocks(_ language: String) throws -> [String] {
            let text = try String(
                contentsOf: StreamTapProcess.repository.appending(path: "docs/protocol.md"), encoding: .utf8)
            return text.components(separatedBy: "\n```").filter { $0.hasPrefix(language + "\n") }
                .map { String($0.dropFirst(language.count + 1)) }
        }

        @Test("Python's client watches two taps, and acknowledges so that it gets every picture it can show")
        func python() async throws {
            let script = try #require(try Self.blocks("python").first)
            #expect(script.split(separator: "\n").count <= 40)
            let folder = try TemporaryDirectory()
            let file = folder.url.appending(path: "watch.py")
            try script.write(to: file, atomically: true, encoding: .utf8)
            let server = try await StreamTapProcess.start(["run", "demo"])
            let client = try ChildProcess(
                "/usr/bin/python3",
                [file.path, "ws://127.0.0.1:\(server.http.port)/ws/vp", "demo/colour", "demo/grey"])
            defer { client.kill() }
            // More than a window of each: without its acknowledgements the server would have stopped.
            try await eventually("pictures of both taps") {
                let lines = client.output.split(separator: "\n")
                return ["demo/colour", "demo/grey"].allSatisfy { tap in
                    lines.count { $0.hasPrefix(tap + " ") && $0.hasSuffix(" ms old") } > 20
                }
            }
            #expect(client.output.contains(#""type":"subscribed""#))
        }

        @Test(
            "JavaScript's client shows two taps in order, and comes back; an <img> shows the stream",
            arguments: BrowserKind.installed)
        func javaScript(_ kind: BrowserKind) async throws {
            let script = try #require(try Self.blocks("js").first)
            #expect(script.split(separator: "\n").count <= 40)
            let server = try await StreamTapProcess.start(["run", "demo"])
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=demo/nothing")
            try await browser.evaluate(
                """
                (() => {
                  const sockets = window.sockets = [];
                  const Plain = WebSocket;
                  window.WebSocket = class extends Plain {
                    constructor(address) {
                      super(address);
                      sockets.push(this);
                    }
                  };
                  \(script)
                  window.seen = { 'demo/colour': [], 'demo/grey': [] };
                  watch('ws://127.0.0.1:\(server.http.port)/ws/vp', Object.keys(seen), (tap, picture, about) =>
                    seen[tap].push([about.captured, picture.width]));
                })()
                """)
            // More than a window of each: without its acknowledgements the server would have stopped.
            try await browser.wait(for: "pictures of both taps", "Object.values(seen).every((all) => all.length > 20)")
            #expect(
                try await browser.evaluate(
                    "Object.values(seen).every((all) => all.every(([at, width], i) => width === 320 && (i === 0 || at > all[i - 1][0])))"
                ) == "true")
            try await browser.evaluate("Object.values(seen).forEach((all) => all.splice(0)), sockets[0].close()")
            try await browser.wait(for: "pictures again", "Object.values(seen).every((all) => all.length > 0)")
            // What becomes of the server, by the browser's own means.
            try await browser.evaluate(
                """
                (() => {
                  window.told = [];
                  const source = new EventSource('/api/vp/events');
                  for (const name of ['snapshot', 'changed'])
                    source.addEventListener(name, ({ data, lastEventId }) =>
                      told.push([name, JSON.parse(data).type, JSON.parse(data).seq, Number(lastEventId)]));
                })()
                """)
            try await browser.wait(for: "a snapshot and changes", "told.length > 2 && told[0][0] === 'snapshot'")
            #expect(
                try await browser.evaluate("told.every(([name, type, seq, id]) => name === type && seq === id)")
                    == "true")
            // And what needs no script at all.
            try await browser.evaluate(
                """
                (() => {
                  window.stream = document.body.appendChild(new Image());
                  stream.src = '/api/vp/taps/demo/colour/stream.mjpeg?width=320';
                  window.looks = new Set();
                  setInterval(() => {
                    if (stream.naturalWidth !== 320) return;
                    const context = new OffscreenCanvas(32, 18).getContext('2d');
                    context.drawImage(stream, 0, 0, 32, 18);
                    looks.add(context.getImageData(0, 0, 32, 18).data.reduce((sum, byte) => (sum * 31 + byte) | 0, 0));
                  }, 50);
                })()
                """)
            try await browser.wait(for: "pictures of the stream that differ", "looks.size >= 10")
        }

        @Test("the lines for ordinary programs work as printed", .timeLimit(.minutes(2)))
        func programs() async throws {
            let lines = try Self.blocks("sh").flatMap { $0.split(separator: "\n") }
            #expect(lines.count == 5)
            let server = try await StreamTapProcess.start(["run", "demo"])
            try await server.reaches("running", "demo")
            let folder = try TemporaryDirectory()
            for line in lines {
                let command = line.replacing("localhost:8277", with: "127.0.0.1:\(server.http.port)")
                let program = try ChildProcess("/bin/sh", ["-ec", "cd '\(folder.path)'; \(command)"])
                #expect(try await program.ended() == .status(0), "\(command): \(program.output)")
            }
            for (name, width) in [("newest.jpg", 1280), ("next.jpg", 320)] {
                let picture = try JPEGPicture(decoding: Data(contentsOf: folder.url.appending(path: name)))
                #expect(picture.width == width)
            }
            #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: "ten.mp4").path))
        }
    }
}
