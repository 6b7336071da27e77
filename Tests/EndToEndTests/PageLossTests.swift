import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A picture that is not what there is to be seen now says so.
    @Suite("The page never lies")
    struct PageLossTests {
        private static let plan = """
            videotestsrc is-live=true pattern=ball
              ! video/x-raw,format=I420,width=320,height=180,framerate=15/1 ! streamtap name=live

            """
        private static let isLive = """
            document.querySelector('.stage:not(.is-old) canvas')?.width === 320
              && document.querySelector('.screen-note').hidden
              && /^\\d+ fps/.test(document.querySelector('.fact-fps').textContent)
            """
        /// Milliseconds that the page says a picture is old.
        private static let age = """
            ((text) => parseFloat(text) * (/\\d ms/.test(text) ? 1 : 1000))(document.querySelector('.fact-age').textContent)
            """

        @Test("A server that goes is missed, and found again", arguments: BrowserKind.installed)
        func server(_ kind: BrowserKind) async throws {
            let port = try ReservedPort()
            var server = try await StreamTapProcess.serving(["cam": Self.plan], port: port.number)
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(port.number)/?wall=cam/live")
            try await browser.wait(for: "a live picture", Self.isLive)
            let whileLive = Double(try await browser.evaluate(Self.age)) ?? .infinity
            #expect(whileLive < 5_000)

            // Its listeners go with it: nothing answers any more.
            server.process.kill()
            try await browser.wait(
                for: "why, and when the next try is",
                """
                document.querySelector('.stage').classList.contains('is-old')
                  && document.querySelector('.note-text').textContent === 'No connection to the server'
                  && /^(Next try in \\d+ s|Trying now) · picture [\\d.]+ m?s old$/.test(document.querySelector('.note-next').textContent)
                  && document.getElementById('connection').textContent.startsWith('No connection')
                """)
            try await browser.wait(for: "an age that grows", "\(Self.age) > \(whileLive + 1_000)")
            let then = Double(try await browser.evaluate(Self.age)) ?? .infinity
            try await browser.wait(for: "an age that goes on growing", "\(Self.age) > \(then + 1_000)")
            #expect(
                try await browser.evaluate("document.querySelector('.announcer').textContent")
                    == "No connection to the server")

            server = try await StreamTapProcess.serving(["cam": Self.plan], port: port.number)
            try await browser.wait(
                for: "what is wrong now", "document.querySelector('.note-text').textContent === 'Not running'")
            try await server.create("cam")
            try await browser.wait(for: "a live picture again", Self.isLive)
            #expect(try await browser.evaluate("document.getElementById('connection').textContent") == "")
        }

        @Test(
            "An enlarged picture closes when its instance goes, and nothing asks for it again",
            arguments: BrowserKind.installed)
        func removed(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan])
            for id in ["cam", "other"] { try await server.create("cam", id: id) }
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            try await browser.wait(for: "pictures", "document.querySelectorAll('#instance-cam .screen').length === 1")
            try await browser.evaluate("document.querySelector('#instance-cam .screen').click()")
            try await browser.wait(for: "it enlarged", "document.querySelector('dialog[open] canvas')?.width === 320")
            try await server.remove("cam")
            try await browser.wait(
                for: "it closed, and the keyboard where one can go on",
                "!document.querySelector('dialog') && document.activeElement.id === 'instances'")
            #expect(try await browser.evaluate("document.querySelectorAll('.instance').length") == "1")
            // One socket for all that, and no more of them over time: connections but for this test's own requests.
            let connections = {
                try await server.http.get("/metrics").text.firstMatch(of: /(?m)^streamtap_watchers (\d+)/)?.1
            }
            #expect(try await connections() == "1")
            // As it opened it asked for the last picture; the answer may have come when there was none any more.
            let problems = await browser.problems.filter { !$0.contains("/cam/live/frame.jpg") }
            #expect(problems == [])
        }

        @Test("A server that lets no socket in is not called away", arguments: BrowserKind.installed)
        func refused(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan], arguments: ["--max-viewers", "1"])
            try await server.create("cam")
            let viewer = try await server.watch("cam", "live")
            _ = try await viewer.next()
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=cam/live")
            try await browser.wait(
                for: "what is wrong",
                "document.getElementById('connection').textContent.startsWith('The server lets no more viewers in')")
            try await viewer.close()
            try await browser.wait(for: "a live picture", Self.isLive)
        }

        @Test("A tap that is held to a rate loses nothing", arguments: BrowserKind.installed)
        func limited(_ kind: BrowserKind) async throws {
            let plan = Self.plan.replacing("streamtap name=live", with: "streamtap name=live fps=3")
            let server = try await StreamTapProcess.serving(["cam": plan])
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=cam/live")
            try await browser.wait(
                for: "its rate", "['2', '3', '4'].includes(document.querySelector('.fact-fps').textContent[0])")
            #expect(try await browser.evaluate("document.querySelector('.fact-lost').textContent") == "")
        }

        @Test("A camera that is away shows why and when it is tried again", arguments: BrowserKind.installed)
        func retried(_ kind: BrowserKind) async throws {
            let camera = try ReservedPort()
            let text =
                "rtspsrc location=rtsp://127.0.0.1:\(camera.number)/main ! rtph264depay ! avdec_h264 ! streamtap name=live\n"
            let server = try await StreamTapProcess.serving(["cam": text])
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=")
            try await browser.wait(
                for: "the reason and a countdown",
                """
                document.querySelector('.stage').classList.contains('is-old')
                  && document.querySelector('.note-text').textContent === 'The camera refuses connections'
                  && /^Next try in \\d+ s/.test(document.querySelector('.note-next').textContent)
                """)
        }
    }
}
