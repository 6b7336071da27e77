import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A camera's own video in a real browser, decoded there.
    @Suite("A camera's own video in the page", .timeLimit(.minutes(3)), .enabled(if: Chromium.isInstalled))
    struct PageVideoTests {
        private static let fps = 25

        private static func plan(_ camera: RTSPCamera) -> String {
            """
            rtspsrc location=\(camera.address) latency=100 protocols=tcp ! application/x-rtp,media=video
              ! rtph264depay ! h264parse ! streamtap name=live
            """
        }

        /// `numberIn` reads which of the camera's pictures a canvas shows; -1 where it shows none. `watch` keeps what is shown, and when.
        private static let reader = """
            window.numberIn = (canvas) => {
              const copy = document.createElement('canvas');
              [copy.width, copy.height] = [canvas.width, canvas.height];
              if (canvas.width !== 320) return -1;
              const context = copy.getContext('2d', { willReadFrequently: true });
              context.drawImage(canvas, 0, 0);
              const row = context.getImageData(0, 8, 320, 1).data;
              const digit = (place) => row[(place * 16 + 8) * 4] > 127 ? 1 : 0;
              for (let place = 0; place < 4; place += 1) {
                let sum = 0;
                for (let bit = place; bit < 16; bit += 4) sum += digit(bit);
                if (sum % 2 !== digit(16 + place)) return -1;
              }
              let number = 0;
              for (let bit = 0; bit < 16; bit += 1) number += digit(bit) * 2 ** bit;
              return number;
            };
            window.seen = [];
            window.watch = (canvas) => {
              const look = () => {
                const number = numberIn(canvas());
                if (number >= 0 && seen.at(-1)?.[0] !== number) seen.push([number, Date.now() / 1000]);
                requestAnimationFrame(look);
              };
              look();
            };
            """

        /// Of each picture that was seen anew: its number, and how old it was then, seconds.
        private static func ages(_ browser: any Browser, _ camera: RTSPCamera) async throws -> [(Int, Double)] {
            let first = try #require(camera.firstPicture)
            let text = try await browser.evaluate("JSON.stringify(seen)")
            let seen = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Double]])
            return seen.map { (Int($0[0]), $0[1] - first - $0[0] / Double(fps)) }
        }

        private func tap(_ server: StreamTapProcess) async throws -> [String: any Sendable] {
            let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
            return try #require(taps?["live"] as? [String: any Sendable])
        }

        @Test(
            "The browser decodes it, and says so; nothing is encoded for it, and its age is what the pictures themselves say"
        )
        func decoded() async throws {
            // Ten seconds from one keyframe to the next: nobody waits for one.
            let camera = try await RTSPCamera.start(fps: Self.fps, gop: 10 * Self.fps, isNumbered: true)
            let server = try await StreamTapProcess.serving(["cam": Self.plan(camera)])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await BrowserKind.chromium.start(try TemporaryDirectory())
            try await browser.prepare(Self.reader)
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            try await browser.wait(
                for: "its own video", "document.querySelector('.tap .fact-way')?.textContent === 'H.264'")
            try await browser.evaluate("watch(() => document.querySelector('.tap canvas'))")
            try await browser.wait(for: "pictures", "seen.length > 50", within: .seconds(60))
            let shown = try await browser.evaluate("parseFloat(document.querySelector('.tap .fact-age').textContent)")
            let ages = try await Self.ages(browser, camera)
            #expect(zip(ages, ages.dropFirst()).allSatisfy { $0.0 < $1.0 }, "none twice, none before another")
            let median = ages.map(\.1).sorted()[ages.count / 2]
            print("video in Chromium: \(Int(median * 1000)) ms old by its pixels, \(shown) ms by the page")
            #expect(median > 0 && median < 1.5)
            // By the camera's clock it is older: by what the encoder and the network took, and rtspsrc's latency.
            #expect((Double(shown) ?? 0) < median * 1000 + 100, "\(shown) ms, by the page")
            let numbers = try await tap(server)
            #expect(numbers["encoded"] as? Int == 0 && numbers["video"] as? String == "h264")
            #expect(numbers["viewers"] as? Int == 1)
            #expect(await browser.problems == [])
        }

        @Test("Who looks away and back sees the newest at once, however far away the next keyframe is")
        func away() async throws {
            let camera = try await RTSPCamera.start(fps: Self.fps, gop: 60 * Self.fps, isNumbered: true)
            let server = try await StreamTapProcess.serving(["cam": Self.plan(camera)])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await BrowserKind.chromium.start(try TemporaryDirectory())
            try await browser.prepare(
                Self.reader + """
                    let isHidden = false;
                    Object.defineProperty(document, 'hidden', { get: () => isHidden });
                    window.hide = (is) => { isHidden = is; document.dispatchEvent(new Event('visibilitychange')); };
                    """)
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            try await browser.wait(
                for: "its own video", "document.querySelector('.tap .fact-way')?.textContent === 'H.264'")
            try await browser.evaluate("watch(() => document.querySelector('.tap canvas'))")
            try await browser.evaluate("hide(true)")
            try await eventually("nobody watches") { try await tap(server)["viewers"] as? Int == 0 }
            let before = try await browser.evaluate("String(seen.at(-1)[0])")
            try await browser.evaluate("hide(false)")
            try await browser.wait(for: "newer pictures", "seen.at(-1)[0] > \(before) + 5")
            let ages = try await Self.ages(browser, camera)
            let (number, age) = try #require(ages.first { $0.0 > (Int(before) ?? 0) })
            #expect(age < 2, "the first that is seen, \(number), is none that only leads there")
            #expect(await browser.problems == [])
        }

        @Test(
            "Over plain http from another machine, where browsers decode nothing but files, it is one for them; age and pixels agree"
        )
        func plain() async throws {
            let camera = try await RTSPCamera.start(fps: Self.fps, isNumbered: true)
            let server = try await StreamTapProcess.serving(
                ["cam": Self.plan(camera)], arguments: ["--allow-host", "cams.test", "--insecure-allow-anyone"])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await BrowserKind.chromium.start(try TemporaryDirectory())
            try await browser.prepare(Self.reader)
            try await browser.open("http://cams.test:\(server.http.port)/")
            try await browser.wait(
                for: "its own video",
                "!isSecureContext && document.querySelector('.tap .fact-way')?.textContent === 'H.264'")
            try await browser.evaluate("watch(() => document.querySelector('.tap canvas'))")
            try await browser.wait(for: "pictures", "seen.length > 100", within: .seconds(60))
            let shown = try await browser.evaluate("parseFloat(document.querySelector('.tap .fact-age').textContent)")
            let ages = try await Self.ages(browser, camera)
            let late = ages.suffix(50)
            #expect(zip(late, late.dropFirst()).allSatisfy { $0.0 < $1.0 }, "none twice, none before another")
            let median = late.map(\.1).sorted()[25]
            print("video as a file in Chromium: \(Int(median * 1000)) ms old by its pixels, \(shown) ms by the page")
            #expect(median < 2 && abs((Double(shown) ?? 0) - median * 1000) < 500)
            #expect(try await tap(server)["encoded"] as? Int == 0)
            #expect(await browser.problems == [])
        }

        @Test("A browser that decodes no video shows pictures, and says so")
        func pictures() async throws {
            let camera = try await RTSPCamera.start(fps: Self.fps, isNumbered: true)
            let server = try await StreamTapProcess.serving(["cam": Self.plan(camera)])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let browser = try await BrowserKind.chromium.start(try TemporaryDirectory())
            try await browser.prepare(
                Self.reader + "delete window.Worker; delete window.VideoDecoder; delete window.MediaSource;")
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            try await browser.wait(
                for: "pictures", "document.querySelector('.tap .fact-way')?.textContent === 'JPEG'")
            #expect(try await tap(server)["encoded"] as? Int ?? 0 > 0)
            #expect(await browser.problems == [])
        }

        @Test(
            "A page of another origin shows a tap by one element: it says how it comes, is held still, and gives its picture"
        )
        func element() async throws {
            let site = try ReservedPort()
            let origin = "http://127.0.0.1:\(site.number)"
            let camera = try await RTSPCamera.start(fps: Self.fps, isNumbered: true)
            let server = try await StreamTapProcess.serving(
                ["cam": Self.plan(camera)], arguments: ["--allow-origin", origin])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let directory = try TemporaryDirectory()
            try directory.write(
                """
                <!doctype html><title>House</title>
                <script type="module" src="http://127.0.0.1:\(server.http.port)/player.js"></script>
                <stream-tap src="cam/live" controls style="width: 480px"></stream-tap>
                <stream-tap src="cam/none"></stream-tap>
                """, to: "index.html")
            let web = try ChildProcess(
                "/usr/bin/python3",
                ["-m", "http.server", "--bind", "127.0.0.1", "--directory", directory.path, "\(site.number)"])
            defer { web.kill() }
            try await eventually("the other site") { (try? await HTTPClient(port: site.number).get("/").status) == 200 }
            let browser = try await BrowserKind.chromium.start(try TemporaryDirectory())
            try await browser.prepare(Self.reader)
            try await browser.open(origin + "/")
            let player = "document.querySelector('stream-tap')"
            try await browser.wait(
                for: "the element", "\(player)?.state?.way === 'H.264' && \(player).state.fps !== ''")
            try await browser.evaluate("watch(() => \(player).shadowRoot.querySelector('canvas'))")
            try await browser.wait(for: "pictures", "seen.length > 5")
            let size = try await browser.evaluate(
                "((box) => `${box.width} ${box.height}`)(\(player).getBoundingClientRect())")
            #expect(size == "480 270")
            #expect(
                try await browser.evaluate("document.querySelectorAll('stream-tap')[1].state.note") == "Not running")
            try await browser.evaluate("\(player).pause()")
            #expect(try await browser.evaluate("String(\(player).state.isPaused)") == "true")
            try await eventually("nobody watches") { try await tap(server)["viewers"] as? Int == 0 }
            try await browser.wait(
                for: "the picture, as a file",
                "\(player).snapshot().then(createImageBitmap).then(({ width }) => width === 320)")
            let before = try await browser.evaluate("String(seen.at(-1)[0])")
            try await browser.evaluate("\(player).play()")
            try await browser.wait(for: "it goes on", "seen.at(-1)[0] > \(before)")
            try await browser.evaluate("\(player).remove()")
            try await eventually("it is gone") { try await tap(server)["viewers"] as? Int == 0 }
            // The other element's tap is not there, and so is its picture.
            #expect(await browser.problems.allSatisfy { $0.contains("404") })
        }
    }
}
