import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The page for those who use a keyboard, listen to it, see little, or are troubled by what moves.
    @Suite("The page for everybody")
    struct PageAccessTests {
        private static let plans = [
            "broken": "videotestsrc is-live=true ! streamtap widht=3\n",
            "address": """
            ---
            title: Camera by address
            parameters:
              camera: {type: string, format: uri, description: RTSP address}
            ---
            rtspsrc location=${camera} ! rtph264depay ! avdec_h264 ! streamtap name=live

            """,
        ]

        private func session(_ kind: BrowserKind, appearance: Appearance = Appearance()) async throws -> PageSession {
            let camera = try ReservedPort()
            let session = try await PageSession(
                kind, others: Self.plans, arguments: ["--allow-plan-text"], appearance: appearance)
            try await session.server.create(
                "address", id: "away", parameters: ["camera": "rtsp://127.0.0.1:\(camera.number)/main"])
            try await session.server.reaches("retrying", "away")
            try await session.browser.wait(
                for: "plans, boxes and what is wrong",
                """
                document.querySelectorAll('.plan').length === 3 && document.querySelectorAll('.boxes polygon').length > 0
                  && document.querySelector('#instance-away .trouble').checkVisibility()
                """)
            return session
        }

        @Test(
            "Words stand out from what is behind them, whatever a system prefers",
            arguments: BrowserKind.installed.flatMap { kind in [(kind, true), (kind, false)] }.filter {
                $0 != .firefox || $1
            })
        func contrast(_ kind: BrowserKind, isDark: Bool) async throws {
            let session = try await session(kind, appearance: Appearance(isDark: isDark))
            let browser = session.browser
            #expect(try await browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == "\(isDark)")
            func look(_ what: String) async throws {
                #expect(try await browser.evaluate(PageContrast.faults) == "", "\(what)")
            }
            for plan in ["broken", "address"] {
                try await browser.evaluate("document.querySelector('[aria-controls=plan-body-\(plan)]').click()")
            }
            try await look("instances and plans")
            try await browser.evaluate("document.querySelector('#instance-cam input[value=graph]').click()")
            try await browser.wait(for: "a graph", "document.querySelectorAll('.graph-tap').length === 2")
            try await look("a graph")
            try await browser.evaluate("document.querySelector('.graph-stage').click()")
            try await browser.wait(for: "a stage's options", "document.querySelector('.side-panel input') !== null")
            try await look("a stage's options")
            try await browser.evaluate("document.querySelector('.graph-tap').click()")
            try await browser.wait(
                for: "it enlarged", "document.querySelectorAll('dialog:modal .boxes polygon').length > 0")
            try await look("an enlarged picture")
            try await browser.evaluate("document.querySelector('dialog:modal').close()")
            try await browser.evaluate("document.getElementById('write-plan').click()")
            try await browser.wait(
                for: "the editor", "document.querySelector('.editor-form [type=submit]')?.disabled === false")
            try await look("the editor")
            try await browser.evaluate(
                "((area) => { area.value = 'videotestsrc ! streamtap widht=3'; area.dispatchEvent(new Event('input')); })(document.querySelector('.code-text'))"
            )
            try await browser.wait(for: "an error", "document.querySelector('.problem') !== null")
            try await look("the editor with an error")
            try await session.open("?wall=")
            try await browser.wait(for: "a wall", "document.querySelectorAll('.wall .boxes polygon').length > 0")
            try await look("the wall")
            try await session.open("")
            try await browser.wait(for: "the page", "document.querySelectorAll('.instance .boxes polygon').length > 0")
            session.server.process.kill()
            try await browser.wait(for: "the server's loss", "document.getElementById('connection').textContent !== ''")
            try await look("a lost server")
            #expect(
                try await browser.evaluate(
                    "[...document.querySelectorAll('.state')].map((one) => one.textContent).join()")
                    == "Unknown,Unknown", "nobody knows what runs")
        }

        @Test(
            "The keyboard reaches all there is, shows where it is, and comes back from every dialog",
            arguments: BrowserKind.installed)
        func keyboard(_ kind: BrowserKind) async throws {
            // What has the keyboard is in sight at once.
            let session = try await session(kind, appearance: Appearance(isReducedMotion: true))
            let browser = session.browser
            try await browser.evaluate("document.querySelector('[aria-controls=plan-body-address]').click()")
            try await browser.evaluate("document.querySelector('#instance-cam input[value=graph]').click()")
            try await browser.wait(for: "a graph", "document.querySelectorAll('.graph-tap').length === 2")
            try await walk(browser, "the page")

            let openers = [
                "[aria-label='Enlarge live, away']": "dialog.enlarged", ".graph-tap": "dialog.enlarged",
                "#plan-body-address .button-link": "dialog.plan-dialog", "#write-plan": "dialog.editor",
            ]
            for (opener, dialog) in openers {
                try await browser.evaluate("document.querySelector(\"\(opener)\").focus()")
                try await browser.press(.enter)
                try await browser.wait(
                    for: dialog,
                    "document.querySelector('\(dialog)')?.matches(':modal') && document.querySelector('\(dialog)').contains(document.activeElement)"
                )
                if dialog == "dialog.editor" {
                    try await browser.wait(
                        for: "its form", "document.querySelector('.editor-form [type=submit]')?.disabled === false")
                }
                // What can be pressed changes while a picture comes; only Chromium gives the keyboard back for a second round.
                if kind == .chromium { try await walk(browser, dialog) }
                // In the editor's text the first one only gives Tab back.
                for _ in 0..<2
                where try await browser.evaluate("document.querySelector('dialog:modal') !== null") == "true" {
                    try await browser.press(.escape)
                }
                try await browser.wait(
                    for: "the keyboard back at \(opener)",
                    "!document.querySelector('dialog:modal, .enlarged, .plan-dialog') && document.activeElement.matches(\"\(opener)\")"
                )
            }
            // A stage's options stand beside the page, not over it.
            try await browser.evaluate("document.querySelector('.graph-stage').focus()")
            try await browser.press(.enter)
            try await browser.wait(for: "its options", "document.activeElement.closest('.side-panel') !== null")
            try await browser.press(.escape)
            try await browser.wait(
                for: "the keyboard back",
                "!document.querySelector('.side-panel') && document.activeElement.matches('.graph-stage')")

            try await session.open("?wall=")
            try await browser.wait(for: "a wall", "document.querySelectorAll('.wall .screen').length === 3")
            try await browser.evaluate("document.querySelector('.wall-choice summary').click()")
            try await walk(browser, "the wall")
            // Of a camera that was never there, there is no last picture.
            #expect(await browser.problems.filter { !$0.contains("frame.jpg") } == [])
        }

        /// Tab after Tab until everything has had its turn.
        private func walk(_ browser: any Browser, _ what: String) async throws {
            struct Answer: Decodable {
                var faults: [String]
                var left: [String]
            }
            // Behind the last the keyboard is the browser's own, and Firefox does not give it back to a test: there from the first on.
            let isOnce = browser is Firefox
            if isOnce {
                try await browser.evaluate(
                    "(document.querySelector('dialog:modal') ?? document).querySelector('a[href], button:not(:disabled, [hidden])').focus()"
                )
            }
            var answer = Answer(faults: [], left: [])
            for press in 0..<150 {
                // There it indents, until Escape says otherwise.
                if try await browser.evaluate("document.activeElement?.tagName") == "TEXTAREA" {
                    try await browser.press(.escape)
                }
                if press > 0 || !isOnce { try await browser.press(.tab) }
                let text = try await browser.evaluate(PageContrast.walk)
                answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
                if answer.left.isEmpty { break }
            }
            #expect(answer.left == [], "\(what)")
            #expect(answer.faults == [], "\(what)")
        }

        @Test("Whoever listens is told what everything is and what it does", .enabled(if: Chromium.isInstalled))
        func listening() async throws {
            let session = try await session(.chromium)
            let browser = try #require(session.browser as? Chromium)
            let controls: Set = [
                "button", "link", "checkbox", "radio", "textbox", "combobox", "spinbutton", "DisclosureTriangle",
                "switch",
            ]
            func names(_ what: String) async throws -> [String] {
                let tree = try await browser.accessibilityTree()
                let found = tree.filter { controls.contains($0.role) }
                #expect(found.filter { $0.name.isEmpty }.map(\.role) == [], "without a name: \(what)")
                #expect(
                    tree.filter { ["image", "dialog", "form"].contains($0.role) && $0.name.isEmpty }.map(\.role) == [],
                    "\(what)")
                return found.map { "\($0.role) \($0.name)" }
            }
            let page = try await names("the page")
            // Of the camera that runs; its plan's button is the last.
            #expect(
                Set(page.filter { $0.contains("cam") && !$0.contains("away") }) == [
                    "button Stop cam", "button Enlarge view, cam", "button Boxes on view, cam",
                    "button Save a picture of view, cam",
                    "button Full screen of view, cam", "button Enlarge plain, cam", "button Boxes on plain, cam",
                    "button Save a picture of plain, cam", "button Full screen of plain, cam", "button cam cam",
                ])
            for expected in ["link Instances", "link Wall", "button Write a plan", "link Skip to the pictures"] {
                #expect(page.contains(expected), "\(page)")
            }
            // No two do different things under one name.
            let buttons = page.filter { $0.hasPrefix("button") }
            #expect(Set(buttons).count == buttons.count, "\(buttons)")
            let tree = try await browser.accessibilityTree()
            for landmark in ["banner", "main", "navigation", "complementary"] {
                #expect(tree.contains { $0.role == landmark }, "\(landmark)")
            }

            try await browser.evaluate("document.querySelector('[aria-controls=plan-body-address]').click()")
            try await browser.evaluate("document.querySelector('#instance-cam input[value=graph]').click()")
            try await browser.wait(for: "a graph", "document.querySelectorAll('.graph-tap').length === 2")
            #expect(try await names("a form and a graph").contains("textbox camera"))
            try await browser.evaluate("document.querySelector('.graph-stage').click()")
            try await browser.wait(for: "its options", "document.querySelector('.side-panel input') !== null")
            _ = try await names("a stage's options")
            try await session.press("Enlarge view, cam")
            #expect(
                Set(try await names("an enlarged picture")) == [
                    "button Close", "button Pause (P)", "button Boxes (B)", "button Smaller (−)", "button Larger (+)",
                    "button Save a picture (S)",
                    "button Full screen (F)",
                ])
            try await browser.evaluate("document.querySelector('dialog:modal').close()")
            try await browser.evaluate("document.getElementById('write-plan').click()")
            try await browser.wait(
                for: "the editor", "document.querySelector('.editor-form [type=submit]')?.disabled === false")
            _ = try await names("the editor")
            try await session.open("?wall=")
            try await browser.wait(for: "a wall", "document.querySelectorAll('.wall .screen').length === 3")
            try await browser.evaluate("document.querySelector('.wall-choice summary').click()")
            let wall = try await names("the wall")
            #expect(wall.contains("checkbox cam / view") && wall.contains("combobox Columns"), "\(wall)")
            try await session.open("embed/cam/view")
            try await browser.wait(for: "a frame", "document.querySelectorAll('.embed .boxes polygon').length > 0")
            #expect(
                Set(try await names("a frame")) == [
                    "button Pause (P)", "button Boxes (B)", "button Smaller (−)", "button Larger (+)",
                    "button Save a picture (S)",
                    "button Full screen (F)",
                ])
        }

        @Test("Nothing moves by itself but pictures, where somebody does not want it", arguments: [false, true])
        func motion(isReduced: Bool) async throws {
            let session = try await PageSession(
                try #require(BrowserKind.installed.first), appearance: Appearance(isReducedMotion: isReduced))
            let browser = session.browser
            // What stands where something will be breathes, for those who like it.
            try await browser.evaluate(
                "document.body.append(Object.assign(document.createElement('div'), { className: 'placeholder' }))")
            #expect(
                try await browser.evaluate("document.getAnimations().length") == (isReduced ? "0" : "1"))
            #expect(
                try await browser.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
                    == (isReduced ? "auto" : "smooth"))
        }
    }
}
