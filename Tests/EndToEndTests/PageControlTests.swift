import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The panel of a camera's controls. No camera is plugged in here: the page's requests for its controls are answered in the page,
    /// as the API answers them; what a real driver does with them, `make test-usb` shows.
    @Suite("A camera's controls in the page", .timeLimit(.minutes(3)))
    struct PageControlTests {
        private static let plan = """
            videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=15/1
              ! streamtap name=view
            v4l2src name=camera device=/dev/video63 ! video/x-raw,width=320,height=240 ! streamtap name=front

            """

        /// A camera of five controls, one of which decides over another.
        private static let camera = """
            window.asked = [];
            window.isAway = false;
            (() => {
              const controls = [
                { name: 'brightness', title: 'Brightness', kind: 'integer', value: 128, default: 128, minimum: 0, maximum: 255, step: 1 },
                { name: 'auto_exposure', title: 'Auto Exposure', kind: 'choice', value: 3, default: 3, minimum: 0, maximum: 3, step: 1,
                  choices: [{ value: 1, name: 'Manual Mode' }, { value: 3, name: 'Aperture Priority Mode' }] },
                { name: 'exposure_time_absolute', title: 'Exposure Time, Absolute', kind: 'integer', value: 157, default: 157,
                  minimum: 3, maximum: 2047, step: 1, inactive: true },
                { name: 'horizontal_flip', title: 'Horizontal Flip', kind: 'boolean', value: 0, default: 0, minimum: 0, maximum: 1, step: 1 },
                { name: 'do_white_balance', title: 'Do White Balance', kind: 'button', default: 0, minimum: 0, maximum: 0, step: 0 },
                { name: 'temperature', title: 'Temperature', kind: 'integer', value: 41, default: 0, minimum: 0, maximum: 99, step: 1, read_only: true },
              ].map((one) => ({ inactive: false, read_only: false, ...one }));
              let changes = {};
              const answer = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
              const fail = (status, code, message) => answer(status, { error: { code, message } });
              const real = window.fetch;
              window.fetch = async (address, options = {}) => {
                if (!String(address).endsWith('/api/vp/instances/cam/sources/camera/controls')) return real(address, options);
                if (window.isAway) return fail(503, 'device_unavailable', 'the camera /dev/video63 cannot be asked: it is not plugged in');
                if (options.method === 'PATCH') {
                  const wanted = JSON.parse(options.body).controls;
                  window.asked.push(options.body);
                  for (const [name, value] of Object.entries(wanted)) {
                    const one = controls.find((control) => control.name === name);
                    if (value !== null && Number(value) > one.maximum && one.kind === 'integer') {
                      return fail(422, 'controls_invalid', `'${name}' cannot be ${value}: it is ${one.minimum} to ${one.maximum}`);
                    }
                    if (one.kind === 'button') continue;
                    one.value = value === null ? one.default : Number(value);
                    if (value === null) delete changes[name];
                    else changes[name] = one.value;
                  }
                  controls[2].inactive = controls[1].value !== 1;
                }
                return answer(200, { source: 'camera', device: '/dev/video63', path: '/dev/video63', controls, changes });
              };
            })();
            """

        private func session(_ kind: BrowserKind, appearance: Appearance = Appearance()) async throws -> PageSession {
            let session = try await PageSession(
                kind, plan: Self.plan, appearance: appearance, preparation: Self.camera)
            try await session.browser.wait(
                for: "the button", "document.querySelector('\(Self.opener)')?.checkVisibility() === true")
            return session
        }

        private static let opener = ".instance-buttons [aria-label=\"Controls of camera, cam\"]"

        private static func field(_ control: String) -> String {
            "document.getElementById('field-cam-camera-\(control)')"
        }

        private func open(_ browser: any Browser) async throws {
            try await browser.evaluate("document.querySelector('\(Self.opener)').focus()")
            try await browser.press(.enter)
            try await browser.wait(
                for: "the first field", "document.activeElement === \(Self.field("brightness"))")
        }

        private func change(_ control: String, to value: String, _ browser: any Browser) async throws {
            try await browser.evaluate(
                "((one) => { one.focus(); one.value = '\(value)'; one.dispatchEvent(new Event('change', { bubbles: true })); })(\(Self.field(control)))"
            )
        }

        @Test("what is changed is set at once, and what that changes shows", arguments: BrowserKind.installed)
        func live(_ kind: BrowserKind) async throws {
            let session = try await session(kind)
            let browser = session.browser
            try await open(browser)
            func asked(_ what: String, _ body: String) async throws {
                try await browser.wait(for: what, "window.asked.at(-1) === '{\"controls\":\(body)}'")
            }
            let exposure = Self.field("exposure_time_absolute")
            #expect(
                try await browser.evaluate("\(exposure).disabled && \(Self.field("temperature")).disabled") == "true")
            #expect(
                try await browser.evaluate(
                    "document.getElementById(\(exposure).getAttribute('aria-describedby')).textContent")
                    == "Something else decides it just now, 3 to 2047")

            try await change("brightness", to: "200", browser)
            try await asked("a number", #"{"brightness":200}"#)
            // By its place in the list; its value is 1.
            try await change("auto_exposure", to: "0", browser)
            try await asked("a choice", #"{"auto_exposure":1}"#)
            try await browser.wait(for: "what it decided over", "\(exposure).disabled === false")
            #expect(
                try await browser.evaluate("document.activeElement === \(Self.field("auto_exposure"))") == "true",
                "the keyboard stays where it was")
            try await browser.evaluate("\(Self.field("horizontal_flip")).click()")
            try await asked("a switch", #"{"horizontal_flip":true}"#)
            let buttons = "[...document.querySelectorAll('.side-panel button')]"
            try await browser.evaluate("\(buttons).find((one) => one.textContent === 'Do White Balance').click()")
            try await asked("a button", #"{"do_white_balance":true}"#)

            try await change("exposure_time_absolute", to: "3000", browser)
            let alert = "document.querySelector('.side-panel [role=alert]')"
            try await browser.wait(
                for: "why not",
                "\(alert).textContent === \"'exposure_time_absolute' cannot be 3000: it is 3 to 2047.\" && \(alert).checkVisibility()"
            )
            #expect(try await browser.evaluate("\(exposure).getAttribute('aria-invalid')") == "true")

            let asPlanned = "\(buttons).find((one) => one.textContent === 'As in the plan')"
            try await browser.evaluate("((one) => { one.focus(); one.click(); })(\(asPlanned))")
            try await asked("all of it back", #"{"brightness":null,"auto_exposure":null,"horizontal_flip":null}"#)
            try await browser.wait(
                for: "what it was",
                """
                \(Self.field("brightness")).value === '128' && \(Self.field("auto_exposure")).value === '1'
                  && !\(Self.field("horizontal_flip")).checked && \(exposure).disabled && \(asPlanned).hidden && \(alert).hidden
                """)
            #expect(
                try await browser.evaluate("document.querySelector('.side-panel').contains(document.activeElement)")
                    == "true", "the keyboard goes on beside a button that goes away")

            try await browser.press(.escape)
            try await browser.wait(
                for: "the keyboard back",
                "!document.querySelector('.side-panel') && document.activeElement.matches('\(Self.opener)')")
            // In the graph its source opens them, too; and a camera that does not answer says why.
            try await browser.evaluate("document.querySelector('#instance-cam input[value=graph]').click()")
            try await browser.wait(for: "a graph", "document.querySelector('.graph-camera') !== null")
            try await browser.evaluate("(window.isAway = true, document.querySelector('.graph-camera').click())")
            try await browser.wait(
                for: "why there are none",
                "\(alert)?.textContent === 'The camera /dev/video63 cannot be asked: it is not plugged in.' && !document.querySelector('.side-panel input')"
            )
            // Of a camera that is not there, there is no picture.
            #expect(await browser.problems.filter { !$0.contains("frame.jpg") } == [])
        }

        @Test(
            "it is for everybody: contrast, names, keyboard, a phone", .enabled(if: Chromium.isInstalled),
            arguments: [true, false])
        func everybody(isDark: Bool) async throws {
            let session = try await session(.chromium, appearance: Appearance(isDark: isDark, isReducedMotion: true))
            let browser = try #require(session.browser as? Chromium)
            try await open(browser)
            #expect(try await browser.evaluate(PageContrast.faults) == "")
            try await change("brightness", to: "999", browser)
            try await browser.wait(
                for: "an error", "document.querySelector('.side-panel [role=alert]').checkVisibility()")
            #expect(try await browser.evaluate(PageContrast.faults) == "", "with an error")

            let tree = try await browser.accessibilityTree()
            #expect(tree.contains { $0.role == "dialog" && $0.name == "Controls of camera, cam" })
            for (role, name) in [
                ("spinbutton", "Brightness"), ("combobox", "Auto Exposure"), ("checkbox", "Horizontal Flip"),
                ("button", "Do White Balance"), ("spinbutton", "Exposure Time, Absolute"),
            ] {
                #expect(tree.contains { $0.role == role && $0.name == name }, "\(role) \(name)")
            }

            // One after the other, each showing where the keyboard is.
            try await browser.evaluate("document.querySelector('.side-panel header button:not([hidden])').focus()")
            var reached: [String] = []
            for _ in 0..<8 {
                let name = try await browser.evaluate(
                    "((one) => one.closest('.side-panel') && one.matches(':focus-visible') && getComputedStyle(one).outlineStyle !== 'none' ? one.labels?.[0]?.textContent ?? one.textContent : '')(document.activeElement)"
                )
                if name.isEmpty { break }
                reached.append(name)
                try await browser.press(.tab)
            }
            #expect(reached == ["Close", "Brightness", "Auto Exposure", "Horizontal Flip", "Do White Balance"])

            try await browser.resize(width: 390, height: 844, isTouched: true)
            try await browser.wait(
                for: "all within the window's width",
                """
                document.documentElement.scrollWidth <= innerWidth
                  && [...document.querySelectorAll('.side-panel :is(button, input, select, label), .instance-buttons button')]
                    .filter((one) => one.checkVisibility())
                    .map((one) => one.getBoundingClientRect()).every(({ left, right }) => left >= 0 && right <= innerWidth + 0.5)
                """)
            #expect(await browser.problems.filter { !$0.contains("frame.jpg") } == [])
        }
    }
}
