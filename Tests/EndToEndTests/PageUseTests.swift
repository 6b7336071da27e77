import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What people do with the page, in each browser that there is.
    @Suite("The page in use")
    struct PageUseTests {
        private static let plan = """
            videotestsrc is-live=true pattern=ball name=camera
              ! video/x-raw,format=I420,width=640,height=360,framerate=15/1
              ! motion name=moving threshold=40 ! streamtap name=view
            camera. ! streamtap name=plain

            """

        private func started(
            _ kind: BrowserKind, _ address: String = "", arguments: [String] = []
        ) async throws -> (server: StreamTapProcess, browser: any Browser) {
            let server = try await StreamTapProcess.serving(["cam": Self.plan], arguments: arguments)
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/\(address)")
            try await browser.wait(
                for: "pictures",
                "[...document.querySelectorAll('canvas')].some((one) => one.width === 640 || one.width === 480)")
            return (server, browser)
        }

        @Test("The keyboard reaches everything, and comes back to where it was", arguments: BrowserKind.installed)
        func keyboard(_ kind: BrowserKind) async throws {
            let (server, browser) = try await started(kind)
            let focused = "document.activeElement.getAttribute('aria-label')"
            for _ in 0..<20 where try await browser.evaluate(focused) != "Enlarge view, cam" {
                try await browser.press(.tab)
            }
            #expect(try await browser.evaluate(focused) == "Enlarge view, cam")
            #expect(try await browser.evaluate("document.activeElement.matches(':focus-visible')") == "true")
            // Its buttons follow it, each with a name.
            var names: [String] = []
            for _ in 0..<3 {
                try await browser.press(.tab)
                names.append(try await browser.evaluate(focused))
            }
            #expect(names == ["Boxes on view, cam", "Save a picture of view, cam", "Full screen of view, cam"])
            try await browser.evaluate("document.querySelector('[aria-label=\"Enlarge view, cam\"]').focus()")

            try await browser.press(.enter)
            try await browser.wait(for: "it enlarged", "document.querySelector('dialog[open] canvas')?.width === 640")
            #expect(
                try await browser.evaluate("document.querySelector('dialog').contains(document.activeElement)")
                    == "true")
            let scale = "new DOMMatrix(getComputedStyle(document.querySelector('dialog .stage')).transform).a"
            try await browser.press(.letter("+"))
            try await browser.press(.letter("+"))
            #expect(Double(try await browser.evaluate(scale)) ?? 0 > 1.5)
            try await browser.press(.letter("-"))
            #expect(Double(try await browser.evaluate(scale)) ?? 0 < 1.3)
            try await browser.press(.letter("0"))
            #expect(try await browser.evaluate(scale) == "1")

            let boxes = "document.querySelectorAll('dialog .boxes polygon').length"
            try await browser.wait(for: "boxes", "\(boxes) > 0")
            try await browser.press(.letter("b"))
            try await browser.wait(for: "no boxes", "\(boxes) === 0")
            #expect(
                try await browser.evaluate(
                    "document.querySelector('dialog [aria-pressed]').getAttribute('aria-pressed')") == "false")

            try await browser.press(.escape)
            try await browser.wait(
                for: "the keyboard back",
                "!document.querySelector('dialog[open]') && \(focused) === 'Enlarge view, cam'")
            #expect(await browser.problems == [])
            withExtendedLifetime(server) {}
        }

        @Test("Everything fits on a phone", arguments: BrowserKind.installed)
        func phone(_ kind: BrowserKind) async throws {
            let (server, browser) = try await started(kind)
            try await browser.resize(width: 390, height: 844, isDark: true)
            let isWithin = """
                document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('button, a, .screen, select')]
                  .filter((one) => one.checkVisibility() && !one.matches('.skip'))
                  .every((one) => one.getBoundingClientRect().right <= innerWidth + 0.5)
                """
            try await browser.wait(for: "all within the window's width", isWithin)
            try await browser.evaluate("document.querySelector('.screen').click()")
            try await browser.wait(
                for: "the enlarged one, too", "document.querySelector('dialog[open]') !== null && \(isWithin)")
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=")
            try await browser.wait(
                for: "the wall, too", "document.querySelectorAll('.wall .screen').length === 2 && \(isWithin)")
        }

        @Test("A dialog closes by a press beside it, not by one that only ends there", arguments: BrowserKind.installed)
        func backdrop(_ kind: BrowserKind) async throws {
            let (server, browser) = try await started(kind)
            let press = """
                ((first, second) => {
                  const dialog = document.querySelector('dialog');
                  for (const [type, [x, y]] of [['pointerdown', first], ['pointerup', second], ['click', second]]) {
                    dialog.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, bubbles: true }));
                  }
                  return dialog.open;
                })
                """
            try await browser.evaluate("document.querySelector('.screen').click()")
            try await browser.wait(for: "it enlarged", "document.querySelector('dialog[open]') !== null")
            #expect(try await browser.evaluate("\(press)([300, 300], [2, 2])") == "true")
            #expect(try await browser.evaluate("\(press)([2, 2], [300, 300])") == "true")
            #expect(try await browser.evaluate("\(press)([2, 2], [2, 2])") == "false")
            withExtendedLifetime(server) {}
        }

        @Test("Leaving the graph while pictures are decoded harms nothing", arguments: BrowserKind.installed)
        func graph(_ kind: BrowserKind) async throws {
            let (server, browser) = try await started(kind)
            for view in ["graph", "pictures", "graph", "pictures", "graph", "pictures"] {
                try await browser.evaluate("document.querySelector('#instance-cam input[value=\(view)]').click()")
                try await browser.wait(
                    for: "the \(view)",
                    "[...document.querySelectorAll('#instance-cam canvas')].filter((one) => one.width !== 300).length === 2"
                )
            }
            #expect(try await browser.evaluate("document.querySelectorAll('#instance-cam canvas').length") == "2")
            #expect(await browser.problems == [])
            withExtendedLifetime(server) {}
        }

        @Test("Under a path of a proxy: pictures, plans, the wall, a frame", arguments: BrowserKind.installed)
        func proxy(_ kind: BrowserKind) async throws {
            let (server, browser) = try await started(kind)
            let script = StreamTapProcess.repository.appending(path: "Tests/EndToEndTests/reverse-proxy.py").path()
            let proxy = try ChildProcess("/usr/bin/python3", [script, "\(server.http.port)", "/house/cams/"])
            let line = try await proxy.line(containing: "listening on", within: .seconds(20))
            let base = "http://127.0.0.1:\(try #require(line.split(separator: " ").last))/house/cams/"
            let pictures = "[...document.querySelectorAll('canvas')].filter((one) => one.width !== 300).length"
            try await browser.open(base)
            try await browser.wait(
                for: "pictures and plans",
                "location.pathname === '/house/cams/' && \(pictures) === 2 && document.querySelectorAll('.plan').length === 1"
            )
            try await browser.open(base + "?wall=cam/plain&columns=1")
            try await browser.wait(for: "a wall", "\(pictures) === 1")
            try await browser.open(base + "embed/cam/view")
            try await browser.wait(for: "a frame's page", "\(pictures) === 1 && document.title === 'view, cam'")
            #expect(await browser.problems == [])
        }

        @Test("One tap stands in a page of an origin that was allowed", arguments: BrowserKind.installed)
        func frame(_ kind: BrowserKind) async throws {
            let site = try ReservedPort()
            let origin = "http://127.0.0.1:\(site.number)"
            let server = try await StreamTapProcess.serving(["cam": Self.plan], arguments: ["--allow-framing", origin])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await kind.start(try TemporaryDirectory())
            let directory = try TemporaryDirectory()
            try directory.write(
                "<!doctype html><iframe src=\"http://127.0.0.1:\(server.http.port)/embed/cam/plain\"></iframe>",
                to: "index.html")
            let web = try ChildProcess(
                "/usr/bin/python3",
                ["-m", "http.server", "--bind", "127.0.0.1", "--directory", directory.path, "\(site.number)"])
            defer { web.kill() }
            func viewers() async throws -> Int {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                return (taps?["plain"] as? [String: any Sendable])?["viewers"] as? Int ?? 0
            }
            try await eventually("the other site") { (try? await HTTPClient(port: site.number).get("/").status) == 200 }
            try await browser.open(origin + "/")
            try await eventually("a viewer in the frame") { try await viewers() == 1 }
        }

        @Test("A browser without workers shows pictures as well", arguments: BrowserKind.installed)
        func withoutWorkers(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan])
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.prepare("delete window.Worker;")
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            try await browser.wait(
                for: "pictures",
                "typeof Worker === 'undefined' && [...document.querySelectorAll('.fact-fps')].every((one) => parseFloat(one.textContent) > 0) && document.querySelectorAll('.fact-fps').length === 2"
            )
            #expect(await browser.problems == [])
        }
    }
}
