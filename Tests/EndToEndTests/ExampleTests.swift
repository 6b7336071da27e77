import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Examples that the documents print")
    struct ExampleTests {
        @Test(
            "run as printed, from the server that runs the demo",
            .enabled(if: Chromium.isInstalled, "chromium is not installed; scripts/packages-test names it"))
        func examples() async throws {
            let server = try await StreamTapProcess.start(["run", "demo"])
            let profile = try TemporaryDirectory()
            let browser = try await Chromium(profile: profile)
            // As it is, and under a path of a proxy.
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/reverse-proxy.py").path()
            let proxy = try ChildProcess("/usr/bin/python3", [script, "\(server.http.port)", "/house/cams/"])
            let line = try await proxy.line(containing: "listening on", within: .seconds(20))
            let proxied = "\(try #require(line.split(separator: " ").last))/house/cams"
            for place in ["\(server.http.port)", proxied] {
                let base = "http://127.0.0.1:\(place)/examples/"
                try await browser.open(String(base.dropLast()))
                try await browser.wait(
                    for: "links", "[...document.links].filter((one) => one.href.startsWith('\(base)')).length === 2")

                try await browser.open(base + "one-tap.html")
                try await browser.wait(for: "a picture", "document.getElementById('view').naturalWidth === 640")
                try await browser.evaluate("void (document.getElementById('view').dataset.first = view.src)")
                try await browser.wait(for: "another one", "view.src !== view.dataset.first")

                try await browser.open(base + "many-taps.html")
                try await browser.wait(
                    for: "three pictures",
                    "[...document.querySelectorAll('canvas')].filter((one) => one.width === 320).length === 3")
            }
            // Where a page names no icon, a browser asks for the host's, which here is nobody.
            let problems = await browser.problems.filter { !$0.contains("/favicon.ico\"") }
            #expect(problems == [])
        }

        @Test("README's requests are answered, one after the other")
        func requests() async throws {
            let readme = try String(
                contentsOf: StreamTapProcess.repository.appending(path: "README.md"), encoding: .utf8)
            let requests = readme.replacing("\\\n", with: " ")
                .matches(of: /(?m:^)curl -s (?:-X (\w+) )?localhost:8277(\S+)(?:.*-d '([^']*)')?/)
            #expect(requests.count == 7)
            let server = try await StreamTapProcess.start(["run", "demo"], cameraNetworks: [])
            try await server.reaches("running", "demo")
            for request in requests {
                let (_, method, path, body) = request.output
                let answer = try await server.http.send(
                    method.map(String.init) ?? "GET", String(path), body: body.map { Data($0.utf8) })
                #expect((200...299).contains(answer.status), "\(request.0): \(answer.text)")
            }
        }
    }
}
