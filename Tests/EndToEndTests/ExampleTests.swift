import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The examples in a browser")
    struct ExampleTests {
        @Test(
            "run as printed, from the server that runs the demo",
            .enabled(if: Browser.isInstalled, "chromium is not installed; scripts/packages-test names it"))
        func examples() async throws {
            let server = try await StreamTapProcess.start(["run", "demo"])
            let profile = try TemporaryDirectory()
            let browser = try await Browser(profile: profile)
            let base = "http://127.0.0.1:\(server.http.port)/examples/"
            try await browser.open(base)
            try await browser.wait(
                for: "links", "[...document.links].filter((one) => one.href.startsWith('\(base)')).length === 2")

            try await browser.open(base + "one-tap.html")
            try await browser.wait(for: "a picture", "document.getElementById('view').naturalWidth === 640")
            try await browser.evaluate("void (document.getElementById('view').dataset.first = view.src)")
            try await browser.wait(for: "another one", "view.src !== view.dataset.first")

            try await browser.open(base + "many-taps.html")
            try await browser.wait(
                for: "three pictures", "[...document.querySelectorAll('canvas')].every((one) => one.width === 320)")
            let problems = await browser.problems
            #expect(problems == [])
        }
    }
}
