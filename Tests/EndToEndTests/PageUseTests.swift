import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What people do with the page, in each browser that there is.
    @Suite("The page in use")
    struct PageUseTests {
        @Test("The keyboard reaches everything, and comes back to where it was", arguments: BrowserKind.installed)
        func keyboard(_ kind: BrowserKind) async throws {
            let session = try await PageSession(kind)
            let (server, browser) = (session.server, session.browser)
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
            let names = ["cam", "a-camera-with-a-name-as-long-as-a-name-may-be-which-is-long"]
            let session = try await PageSession(kind, appearance: Appearance(isDark: true))
            let browser = session.browser
            try await session.server.create("cam", id: names[1])
            try await browser.resize(width: 390, height: 844, isTouched: true)
            let isWithin = """
                document.documentElement.scrollWidth <= innerWidth
                  && [...document.querySelectorAll('button, a, .screen, select, summary, label, h3, .state, .fact')]
                    .filter((one) => one.checkVisibility() && !one.matches('.skip') && one.clientWidth > 0)
                    .map((one) => one.getBoundingClientRect())
                    .every(({ left, right }) => left >= 0 && right <= innerWidth + 0.5)
                """
            try await browser.wait(
                for: "all within the window's width",
                "document.querySelectorAll('.instance .screen').length === 4 && \(isWithin)")
            try await browser.evaluate("document.querySelector('.screen').click()")
            try await browser.wait(
                for: "the enlarged one, too", "document.querySelector('dialog[open]') !== null && \(isWithin)")
            try await session.open("?wall=")
            try await browser.wait(
                for: "the wall, too, with numbers",
                """
                document.querySelectorAll('.wall .screen').length === 4 && \(isWithin)
                  && parseFloat(document.querySelector('.fact-fps').textContent) > 0
                  && document.querySelector('.fact-fps').checkVisibility({ visibilityProperty: true })
                """)
            try await browser.evaluate("document.querySelector('.wall-choice summary').click()")
            try await browser.wait(
                for: "what is there to choose, too",
                "document.querySelectorAll('.wall-choice[open] input').length === 4 && \(isWithin)")
        }

        @Test(
            "A wall is what its address says, and its address what somebody made of it",
            arguments: BrowserKind.installed)
        func wall(_ kind: BrowserKind) async throws {
            let session = try await PageSession(kind, "?wall=cam/plain,cam/view&columns=1")
            let browser = session.browser
            let names = "[...document.querySelectorAll('.wall .tap-name')].map((one) => one.textContent).join()"
            try await browser.wait(for: "its order", "\(names) === 'cam plain,cam view'")
            try await session.press("Take plain, cam off the wall")
            try await browser.wait(
                for: "one less", "\(names) === 'cam view' && location.search === '?wall=cam/view&columns=1'")
            try await browser.evaluate("document.querySelector('.wall-choice [name=\"cam/plain\"]').click()")
            try await browser.wait(
                for: "it back, at the end",
                "\(names) === 'cam view,cam plain' && location.search === '?wall=cam/view,cam/plain&columns=1'")
            try await browser.evaluate("location.reload()")
            try await browser.wait(
                for: "the same again",
                """
                performance.getEntriesByType('navigation')[0].type === 'reload' && \(names) === 'cam view,cam plain'
                  && getComputedStyle(document.querySelector('.wall-grid')).gridTemplateColumns.split(' ').length === 1
                """)
            #expect(await browser.problems == [])
        }

        @Test("What has ended is started again by its button, and by keyboard", arguments: BrowserKind.installed)
        func startAgain(_ kind: BrowserKind) async throws {
            let film = "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48,framerate=30/1 ! streamtap name=t"
            let session = try await PageSession(kind, others: ["film": film])
            let (server, browser) = (session.server, session.browser)
            let button = "document.querySelector('[aria-label=\"Start again film\"]')"
            try await server.create("film")
            let began = try await server.reaches("completed", "film")["since"] as? String
            try await browser.wait(for: "the button", "\(button)?.checkVisibility() === true")
            #expect(
                try await browser.evaluate(
                    "document.querySelector('[aria-label=\"Start again cam\"]').checkVisibility()") == "false",
                "one that runs has none")
            try await session.press("Start again film")
            func hasRunAgain(after time: String?) async throws -> String? {
                let instance = try await server.instance("film")
                guard instance["state"] as? String == "completed", let since = instance["since"] as? String else {
                    return nil
                }
                return since == time ? nil : since
            }
            try await eventually("it has run again") { try await hasRunAgain(after: began) != nil }
            let second = try await hasRunAgain(after: began)
            try await browser.wait(for: "the button", "\(button)?.checkVisibility() === true")

            try await browser.evaluate("\(button).focus()")
            try await browser.press(.enter)
            try await eventually("it has run once more") { try await hasRunAgain(after: second) != nil }
            try await browser.wait(
                for: "the keyboard is with the card still",
                "document.querySelector('#instance-film').contains(document.activeElement)")
            #expect(await browser.problems == [])
        }

        @Test(
            "A camera over HTTP is asked for its address, and none of RTSP is offered",
            arguments: BrowserKind.installed.prefix(1))
        func overHTTP(_ kind: BrowserKind) async throws {
            let plan = try String(contentsOfFile: "\(StreamTapProcess.pipelines)/http-mjpeg.plan", encoding: .utf8)
            let session = try await PageSession(kind, others: ["web": plan])
            let browser = session.browser
            try await browser.evaluate("document.querySelector('[aria-controls=plan-body-web]').click()")
            try await browser.wait(
                for: "the field", "document.querySelector('#field-web-camera')?.placeholder.startsWith('http://')")
            #expect(
                try await browser.evaluate("document.querySelector('#plan-body-web .camera-search') === null") == "true"
            )
        }

        @Test("A dialog closes by a press beside it, not by one that only ends there", arguments: BrowserKind.installed)
        func backdrop(_ kind: BrowserKind) async throws {
            let session = try await PageSession(kind)
            let (server, browser) = (session.server, session.browser)
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
            let session = try await PageSession(kind)
            let (server, browser) = (session.server, session.browser)
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
            let session = try await PageSession(kind)
            let (server, browser) = (session.server, session.browser)
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
            try await location(base)
        }

        /// Where a new instance is, is said so that it can be followed from where it was asked for.
        private func location(_ base: String) async throws {
            let port = try #require(URL(string: base)?.port)
            for (id, path) in [("one", "api/vp/instances"), ("two", "api/vp/instances/")] {
                let address = try #require(URL(string: base + path))
                let answer = try await HTTPClient(port: port).post(address.path(), ["plan": "cam", "id": id])
                let place = try #require(URL(string: answer.headers["location"] ?? "", relativeTo: address))
                let instance = try await HTTPClient(port: port).get(place.absoluteURL.path())
                #expect(answer.status == 201 && instance.json["id"] as? String == id, "\(place.absoluteString)")
                #expect(try await HTTPClient(port: port).delete(place.absoluteURL.path()).status == 200)
                try await eventually("it is gone") {
                    try await HTTPClient(port: port).get(place.absoluteURL.path()).status == 404
                }
            }
        }

        @Test("A browser without workers shows pictures as well", arguments: BrowserKind.installed)
        func withoutWorkers(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": PageSession.plan])
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
