import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The wall")
    struct PageWallTests {
        private static let tiles = 64
        /// For `make soak-page`; nil: not in an ordinary run.
        private static let soakSeconds = ProcessInfo.processInfo.environment["SOAK_SECONDS"].flatMap { Double($0) }

        private static func plan(fps: Int) -> String {
            "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=180,framerate=\(fps)/1 "
                + "! identity name=camera ! fakesink\n"
                + (1...tiles).map { "camera. ! streamtap name=tap\($0)\n" }.joined()
        }

        /// The same behind a stage: what it finds comes with each picture, and is drawn over it.
        private static func detectingPlan(fps: Int) -> String {
            plan(fps: fps).replacing("identity name=camera", with: "motion name=camera threshold=40")
                .replacing(" ! fakesink", with: "")
        }

        /// Pictures that the server has handed to viewers.
        private func sent(_ server: StreamTapProcess) async throws -> Double {
            try await server.http.get("/metrics").text.matches(
                of: /(?m)^streamtap_viewer_sent_pictures_total\{.*\} (\d+)/
            )
            .reduce(0) { $0 + (Double($1.1) ?? 0) }
        }

        /// What is painted a second, as the tiles say, and what the server sent meanwhile, both over some seconds.
        private func rates(_ browser: any Browser, _ server: StreamTapProcess, over seconds: Int) async throws -> (
            painted: Double, sent: Double, slowest: Double
        ) {
            var painted = [Double](repeating: 0, count: Self.tiles)
            let (before, begin) = (try await sent(server), ContinuousClock.now)
            for second in 1...seconds {
                try await Task.sleep(until: begin + .seconds(second))
                let all = try await browser.evaluate("\(Self.rates).join()").split(
                    separator: ",", omittingEmptySubsequences: false)
                for (tile, rate) in zip(painted.indices, all) { painted[tile] += (Double(rate) ?? 0) / Double(seconds) }
            }
            let took = (ContinuousClock.now - begin) / .seconds(1)
            return (painted.reduce(0, +), (try await sent(server) - before) / took, painted.min() ?? 0)
        }

        private static let rates =
            "[...document.querySelectorAll('.wall .fact-fps')].map((one) => parseFloat(one.textContent))"

        @Test(
            "64 pictures are live on one socket, in the order and the columns of the address",
            arguments: BrowserKind.installed)
        func many(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan(fps: 5)])
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.resize(width: 1280, height: 800, isTouched: false)
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=")
            try await browser.wait(
                for: "\(Self.tiles) live pictures",
                "\(Self.rates).filter((rate) => rate > 0).length === \(Self.tiles) && !document.querySelector('.is-old')",
                within: .seconds(60))
            // Nothing has to be scrolled to see them all.
            #expect(
                try await browser.evaluate(
                    "[...document.querySelectorAll('.screen')].every((one) => one.getBoundingClientRect().bottom <= innerHeight)"
                ) == "true")
            let watchers = try await server.http.get("/metrics").text.firstMatch(of: /(?m)^streamtap_watchers (\d+)/)?.1
            #expect(watchers == "1")

            // An enlarged one is the 65th: one that is hidden behind it gives way, and comes back.
            try await browser.evaluate("document.querySelectorAll('.screen')[63].click()")
            try await browser.wait(
                for: "the 65th", "parseFloat(document.querySelector('dialog .fact-fps').textContent) > 0")
            try await browser.evaluate("document.querySelector('dialog').close()")
            try await browser.wait(
                for: "all of them again",
                "!document.querySelector('.is-old') && \(Self.rates).every((rate) => rate > 0)", within: .seconds(60))

            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=cam/tap9,cam/tap3,cam/nothing&columns=2")
            let names = "[...document.querySelectorAll('.wall .tap-name')].map((one) => one.textContent).join()"
            try await browser.wait(for: "what the address has", "\(names) === 'cam tap9,cam tap3,cam nothing'")
            #expect(
                try await browser.evaluate(
                    "getComputedStyle(document.querySelector('.wall-grid')).gridTemplateColumns.split(' ').length")
                    == "2")
            try await browser.wait(
                for: "what is not there says so",
                "document.querySelectorAll('.note-text')[2].textContent === 'Not running'")
            try await browser.evaluate(
                """
                ((columns) => {
                  columns.value = '3';
                  columns.dispatchEvent(new Event('change'));
                })(document.querySelector('.wall-columns select'))
                """)
            #expect(try await browser.evaluate("location.search") == "?wall=cam/tap9,cam/tap3,cam/nothing&columns=3")
            #expect(await browser.problems == [])
        }

        // A slow machine does not come so far in a minute: it is tried with the wall that is watched for an hour.
        @Test(
            "64 pictures with what is found in them keep pace with the server",
            .enabled(if: ProcessInfo.processInfo.environment["SOAK_SECONDS"] != nil), arguments: BrowserKind.installed)
        func detecting(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.detectingPlan(fps: 5)])
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.resize(width: 1280, height: 800, isTouched: false)
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=")
            try await browser.wait(
                for: "\(Self.tiles) live pictures, each with boxes",
                """
                \(Self.rates).filter((rate) => rate > 0).length === \(Self.tiles) && !document.querySelector('.is-old')
                  && [...document.querySelectorAll('.boxes')].every((one) => one.childElementCount > 0)
                """, within: .seconds(60))
            // A rate is of the last two seconds: what came before it has passed.
            // Two cores are the server's, the worker's and the browser's, and somebody else may have one of them for a while.
            var (painted, sent, slowest) = try await rates(browser, server, over: 4)
            for _ in 0..<4 where painted < sent * 0.75 {
                (painted, sent, slowest) = try await rates(browser, server, over: 4)
            }
            #expect(sent > 0 && painted > sent * 0.75, "\(painted) of \(sent)")
            #expect(slowest > 0)
            #expect(await browser.problems == [])
        }

        /// `make soak-page MINUTES=60`: what a wall costs over time. One line a minute.
        @Test(
            "stays smooth, and its tab as large as it was",
            .enabled(if: soakSeconds != nil && Chromium.isInstalled, "for make soak-page"))
        func soak() async throws {
            let seconds = try #require(Self.soakSeconds)
            // Half of them without, half of them with something that is found in each picture.
            let server = try await StreamTapProcess.serving([
                "plain": Self.plan(fps: 10), "detecting": Self.detectingPlan(fps: 10),
            ])
            for plan in ["plain", "detecting"] { try await server.create(plan) }
            let wall = (1...Self.tiles / 2).flatMap { ["plain/tap\($0)", "detecting/tap\($0)"] }.joined(separator: ",")
            let browser = try await Chromium(profile: try TemporaryDirectory())
            try await browser.resize(width: 1920, height: 1080, isTouched: false)
            try await browser.prepare(
                """
                window.longTasks = [];
                new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
                """)
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=\(wall)")
            try await browser.wait(
                for: "live pictures", "\(Self.rates).filter((rate) => rate > 0).length === \(Self.tiles)",
                within: .seconds(60))
            var samples: [Sample] = []
            let begin = ContinuousClock.now
            let interval = Int(min(60, max(5, seconds / 6)))
            while ContinuousClock.now - begin < .seconds(seconds) {
                let (painted, sent, slowest) = try await rates(browser, server, over: interval)
                let long = try await browser.evaluate(
                    "((all) => `${all.length}, the longest ${Math.round(Math.max(0, ...all))} ms`)(longTasks.splice(0))"
                )
                let sample = Sample(
                    minute: (ContinuousClock.now - begin) / .seconds(60), painted: painted, sent: sent,
                    slowest: slowest,
                    heap: Double(try await browser.heapUsed()) / 1e6,
                    resident: Double(await browser.rendererKilobytes()) / 1e3)
                samples.append(sample)
                print("\(sample), long tasks \(long)")
            }
            // Of what the server sends, all but what a busy machine delays into the next picture is painted, on every tile: a tenth
            // of it where eight programs share a core.
            for sample in samples {
                #expect(sample.painted > sample.sent * 0.75, "\(sample)")
                #expect(sample.slowest > sample.sent / Double(Self.tiles) * 0.5, "\(sample)")
            }
            // What is measured first is still growing into its size.
            let warm = samples.dropFirst(samples.count / 3)
            let (first, last) = (try #require(warm.first), try #require(warm.last))
            #expect(last.heap < first.heap * 1.2 + 5, "\(samples)")
            #expect(first.resident > 0 && last.sent > 0)
            #expect(last.resident < first.resident * 1.1 + 20, "\(samples)")
            #expect(await browser.problems == [])
        }

        /// What a wall was doing in one interval: pictures a second, the slowest tile's, and memory in megabytes.
        private struct Sample: CustomStringConvertible {
            var minute, painted, sent, slowest, heap, resident: Double

            var description: String {
                String(
                    format: "%.1f min: %.0f of %.0f pictures/s, slowest tile %.1f fps, heap %.1f MB, resident %.0f MB",
                    minute, painted, sent, slowest, heap, resident)
            }
        }
    }
}
