import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What people do with one picture: keep it, look closer, fill the screen, come back to it.
    @Suite("A picture in use")
    struct PagePictureTests {
        private static let film = """
            videotestsrc num-buffers=5 pattern=smpte ! video/x-raw,format=I420,width=1280,height=720,framerate=10/1
              ! streamtap name=end

            """

        @Test("A saved picture is the newest in full size, or what is drawn", arguments: BrowserKind.installed)
        func saved(_ kind: BrowserKind) async throws {
            let session = try await PageSession(kind, others: ["film": Self.film])
            let (server, browser) = (session.server, session.browser)
            try await server.create("film")
            try await server.reaches("completed", "film")
            try await browser.wait(
                for: "the film's last picture", "document.querySelector('#instance-film canvas')?.width > 300")
            let downloads = session.profile.path + "/downloads"
            func file(_ prefix: String) async throws -> Data {
                try await eventually("a file \(prefix)…", evidence: { "\(await browser.problems)" }) {
                    let names = (try? FileManager.default.contentsOfDirectory(atPath: downloads)) ?? []
                    guard let name = names.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix("Z.jpg") }),
                        let data = FileManager.default.contents(atPath: "\(downloads)/\(name)"),
                        data.suffix(2) == Data([0xFF, 0xD9])
                    else { return nil }
                    return data
                }
            }
            // Nothing moves in a film that has ended: byte for byte what the server has.
            try await session.press("Save a picture of end, film")
            let whole = try await server.http.get("/api/vp/taps/film/end/frame.jpg").body
            #expect(try await file("film-end-20") == whole)
            try await session.press("Save a picture of view, cam")
            let live = try JPEGPicture(decoding: try await file("cam-view-20"))
            #expect(live.width == 640 && live.height == 360)

            let drawn = try #require(
                Int(
                    try await browser.evaluate(
                        "document.querySelector('[aria-label=\"Enlarge plain, cam\"] canvas').width")))
            server.process.kill()
            try await browser.wait(for: "that it is lost", "document.querySelector('.is-old') !== null")
            try await session.press("Save a picture of plain, cam")
            let copy = try JPEGPicture(decoding: try await file("cam-plain-20"))
            #expect(copy.width == drawn && copy.height == drawn * 9 / 16)
        }

        @Test("Wheel and pointer look closer, and what is looked at comes larger", arguments: BrowserKind.installed)
        func zoom(_ kind: BrowserKind) async throws {
            let plan = PageSession.plan.replacing("width=640,height=360", with: "width=1280,height=720")
            let session = try await PageSession(kind, plan: plan)
            let browser = session.browser
            try await browser.resize(width: 800, height: 600, isTouched: false)
            try await session.press("Enlarge plain, cam")
            let canvas = "document.querySelector('dialog[open] canvas')"
            try await browser.wait(for: "what fits", "\(canvas)?.width === 960")
            /// Where a point of the window lies in the picture, 0…1.
            func place(_ x: Int, _ y: Int) async throws -> (x: Double, y: Double) {
                let text = try await browser.evaluate(
                    "(({ left, top, width, height }) => `${(\(x) - left) / width} ${(\(y) - top) / height}`)(\(canvas).getBoundingClientRect())"
                )
                let parts = text.split(separator: " ").compactMap { Double($0) }
                return try (#require(parts.first), #require(parts.last))
            }
            let before = try await place(300, 350)
            try await browser.wheel((300, 350), by: -300)
            let scale = "new DOMMatrix(getComputedStyle(document.querySelector('dialog .stage')).transform).a"
            try await browser.wait(for: "it larger", "\(scale) > 1.3")
            let after = try await place(300, 350)
            #expect(
                abs(before.x - after.x) < 0.005 && abs(before.y - after.y) < 0.005, "what is pointed at stays there")
            try await browser.wait(for: "all that there is", "\(canvas).width === 1280")

            try await browser.drag(from: (300, 350), to: (340, 330))
            let dragged = try await place(340, 330)
            #expect(abs(dragged.x - after.x) < 0.005 && abs(dragged.y - after.y) < 0.005, "it goes with the pointer")
            for _ in 0..<3 { try await browser.drag(from: (100, 200), to: (700, 500)) }
            #expect(
                try await browser.evaluate(
                    """
                    ((stage, frame) => stage.left <= frame.left + 1 && stage.top <= frame.top + 1)(
                      document.querySelector('dialog .stage').getBoundingClientRect(), document.querySelector('dialog .screen').getBoundingClientRect())
                    """) == "true", "its edge does not leave the frame's")
            try await browser.evaluate(
                "document.querySelector('dialog .screen').dispatchEvent(new MouseEvent('dblclick', { clientX: 300, clientY: 350 }))"
            )
            #expect(try await browser.evaluate(scale) == "1")
            try await browser.wait(for: "what fits again", "\(canvas).width === 960")
            #expect(await browser.problems == [])
        }

        @Test("A tile fills the screen, and comes back", arguments: BrowserKind.installed)
        func fullScreen(_ kind: BrowserKind) async throws {
            let session = try await PageSession(kind)
            let browser = session.browser
            let full = "document.fullscreenElement?.matches('dialog .screen')"
            try await browser.evaluate("document.querySelector('[aria-label=\"Full screen of view, cam\"]').focus()")
            try await browser.press(.enter)
            try await browser.wait(for: "all of the screen", "\(full) === true")
            #expect(
                try await browser.evaluate(
                    "(({ width, height }) => width === innerWidth && height === innerHeight)(document.fullscreenElement.getBoundingClientRect())"
                ) == "true")
            try await browser.press(.letter("f"))
            try await browser.wait(for: "the page", "document.fullscreenElement === null")
            try await browser.press(.escape)
            try await browser.wait(
                for: "the tile",
                "!document.querySelector('dialog') && document.activeElement.ariaLabel === 'Full screen of view, cam'")
            #expect(await browser.problems == [])
        }

        @Test(
            "A page that nobody has looked at for a minute costs nothing, and is live when somebody does",
            arguments: BrowserKind.installed)
        func hidden(_ kind: BrowserKind) async throws {
            // A minute takes a moment, and another tab is in front when this says so. It is the browser's first page:
            // one that it keeps for whoever goes back may be frozen before it has let go of its socket.
            let session = try await PageSession(
                kind, "?wall=",
                preparation: """
                    const later = window.setTimeout;
                    window.setTimeout = (work, time, ...rest) => later(work, time === 60_000 ? 200 : time, ...rest);
                    let isHidden = false;
                    Object.defineProperty(document, 'hidden', { get: () => isHidden });
                    window.hide = (is) => { isHidden = is; document.dispatchEvent(new Event('visibilitychange')); };
                    """)
            let browser = session.browser
            let isLive = """
                ((tiles) => tiles.length === 2 && tiles.every((one) => parseFloat(one.querySelector('.fact-fps').textContent) > 0
                  && !one.querySelector('.is-old')))([...document.querySelectorAll('.wall .tap')])
                """
            try await browser.wait(for: "live pictures", isLive)
            func watchers() async throws -> Substring? {
                try await session.server.http.get("/metrics").text.firstMatch(of: /(?m)^streamtap_watchers (\d+)/)?.1
            }
            #expect(try await watchers() == "1")
            try await browser.evaluate("hide(true)")
            try await eventually("no socket") { try await watchers() == "0" }
            try await browser.evaluate("hide(false)")
            // What is drawn was live until a moment ago, and says so.
            try await eventually("one socket again") { try await watchers() == "1" }
            try await eventually("one viewer again") { try await session.viewers("plain") == 1 }
            try await browser.wait(for: "live pictures again", isLive)
            #expect(try await browser.evaluate("document.getElementById('connection').textContent") == "")
            #expect(await browser.problems == [])
        }

        @Test("Who goes back finds the page as it was, and live", arguments: BrowserKind.installed)
        func back(_ kind: BrowserKind) async throws {
            let session = try await PageSession(kind)
            let browser = session.browser
            let isLive = """
                ((tiles) => tiles.length === 2 && tiles.every((one) => parseFloat(one.querySelector('.fact-fps').textContent) > 0
                  && !one.querySelector('.is-old') && one.querySelector('.screen-note').hidden))([...document.querySelectorAll('.tap')])
                """
            try await browser.wait(for: "live pictures", isLive)
            try await browser.evaluate("window.kept = true")
            try await session.open("examples")
            try await browser.wait(
                for: "another page", "location.pathname.startsWith('/examples') && document.readyState === 'complete'")
            try await eventually("nobody looks") { try await session.viewers("plain") == 0 }
            try await browser.evaluate("setTimeout(() => history.back())")
            try await browser.wait(for: "live pictures again", "location.pathname === '/' && \(isLive)")
            // Firefox keeps no page that has had a socket.
            if kind == .chromium { #expect(try await browser.evaluate("window.kept") == "true", "it was kept") }
            // A page that was kept shows what it had till it has a socket again.
            try await eventually("somebody looks") { try await session.viewers("plain") == 1 }
            #expect(await browser.problems == [])
        }
    }
}
