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

        private static let rates =
            "[...document.querySelectorAll('.wall .fact-fps')].map((one) => parseFloat(one.textContent))"

        @Test(
            "64 pictures are live on one socket, in the order and the columns of the address",
            arguments: BrowserKind.installed)
        func many(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan(fps: 5)])
            try await server.create("cam")
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.resize(width: 1280, height: 800, isDark: false)
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

        /// `make soak-page MINUTES=60`: what a wall costs over time. One line a minute.
        @Test(
            "stays smooth, and its tab as large as it was",
            .enabled(if: soakSeconds != nil && Chromium.isInstalled, "for make soak-page"))
        func soak() async throws {
            let seconds = try #require(Self.soakSeconds)
            let server = try await StreamTapProcess.serving(["cam": Self.plan(fps: 10)])
            try await server.create("cam")
            let browser = try await Chromium(profile: try TemporaryDirectory())
            try await browser.resize(width: 1920, height: 1080, isDark: false)
            try await browser.prepare(
                """
                window.longTasks = [];
                new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
                """)
            try await browser.open("http://127.0.0.1:\(server.http.port)/?wall=")
            try await browser.wait(
                for: "live pictures", "\(Self.rates).filter((rate) => rate > 0).length === \(Self.tiles)",
                within: .seconds(60))
            var samples: [(minute: Double, painted: Double, heap: Double, resident: Double)] = []
            let begin = ContinuousClock.now
            let interval = Duration.seconds(min(60, seconds / 6))
            while ContinuousClock.now - begin < .seconds(seconds) {
                try await Task.sleep(for: interval)
                let minute = Double((ContinuousClock.now - begin).components.seconds) / 60
                let painted =
                    Double(try await browser.evaluate("\(Self.rates).reduce((sum, rate) => sum + (rate || 0), 0)")) ?? 0
                let long = try await browser.evaluate(
                    "((all) => `${all.length}, the longest ${Math.round(Math.max(0, ...all))} ms`)(longTasks.splice(0))"
                )
                let sample = (
                    minute, painted, Double(try await browser.heapUsed()) / 1e6,
                    Double(await browser.rendererKilobytes()) / 1e3
                )
                samples.append(sample)
                print(
                    "\(sample.0.formatted(.number.precision(.fractionLength(1)))) min: \(Int(painted)) pictures/s, long tasks \(long), heap \(sample.2) MB, resident \(sample.3) MB"
                )
            }
            // What is measured first is still growing into its size.
            let warm = samples.dropFirst(samples.count / 3)
            let (first, last) = (try #require(warm.first), try #require(warm.last))
            #expect(last.heap < first.heap * 1.2 + 5, "\(samples)")
            #expect(first.resident > 0 && last.painted > 0)
            #expect(last.resident < first.resident * 1.1 + 20, "\(samples)")
            #expect(await browser.problems == [])
        }
    }
}
