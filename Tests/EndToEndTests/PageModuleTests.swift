import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Modules of the page that know no element, each against a table.
    @Suite("The page's modules")
    struct PageModuleTests {
        @Test("Patterns, ages, walls, sizes", arguments: BrowserKind.installed)
        func modules(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.start()
            let browser = try await kind.start(try TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            try await browser.wait(for: "the page", "document.querySelector('.empty-title') !== null")
            #expect(try await browser.evaluate(Self.patterns) == "good")
            #expect(try await browser.evaluate(Self.ages) == "good")
            #expect(try await browser.evaluate(Self.walls) == "good")
            #expect(try await browser.evaluate(Self.sizes) == "good")
            #expect(try await browser.evaluate(Self.losses) == "good")
            #expect(try await browser.evaluate(Self.brokenPictures) == "good")
            #expect(try await browser.evaluate(Self.announcements) == "good")
            #expect(try await browser.evaluate(Self.sleep) == "good")
            #expect(await browser.problems == [])
        }

        /// What the `u` flag takes and the `v` flag does not; what a field then takes is what the pattern says.
        private static let patterns = #"""
            import('./html-pattern.js').then(({ htmlPattern }) => {
              const table = [
                ['^[a-z-]+$', 'a-b', 'a_b'], ['^[a-z0-9][a-z0-9_-]{0,63}$', 'cam-1', '-cam'], ['^[-a-z]+$', '-x', 'X'],
                ['^[a-z\\-]+$', 'a-b', 'a_b'], ['^[(a)]+$', '(a)', '[a]'], ['^[{}/|]+$', '{/|}', 'x'], ['^[\\w-]+$', 'a-b', 'a b'],
                ['^[&&]+$', '&', 'x'], ['^[^-]+$', 'ab', 'a-b'], ['^\\p{Lu}[\\p{Ll}-]+$', 'Ab-c', 'ab'], ['b', 'abc', 'ac'],
                ['^[+-]?\\d+$', '-12', '*12'], ['^[a-c-e]$', '-', 'd'],
              ];
              const input = document.createElement('input');
              for (const [pattern, good, bad] of table) {
                new RegExp(pattern, 'u');
                input.pattern = htmlPattern(pattern);
                for (const [value, valid] of [[good, true], [bad, false]]) {
                  input.value = value;
                  if (input.checkValidity() !== valid) return `${pattern} as ${input.pattern}: ${value} is ${!valid}`;
                }
              }
              return htmlPattern('[') === null ? 'good' : '[';
            })
            """#

        /// The quickest message is the best witness; after two minutes without it, the second best is.
        private static let ages = """
            import('./age-clock.js').then(({ AgeClock }) => {
              const clock = new AgeClock();
              const start = 1_000_000;
              if (clock.since(start, start + 5) !== 5) return 'clocks agree until something is known';
              clock.learn(start, start + 250);
              clock.learn(start + 100, start + 310);
              clock.learn(start + 200, start + 500);
              if (clock.offset !== 210) return `offset ${clock.offset}`;
              if (clock.since(start, start + 1210) !== 1000) return 'age';
              for (let at = start; at < start + 200_000; at += 1_000) clock.learn(at, at + 220);
              return clock.offset === 220 ? 'good' : `later ${clock.offset}`;
            })
            """

        /// What a tap's own rate leaves out is no loss; nor is what comes of another view.
        private static let losses = """
            import('./picture-numbers.js').then(({ PictureNumbers }) => {
              const numbers = new PictureNumbers();
              const receive = (seq, ordinal, isEvery = true) => numbers.received({ seq, ordinal, bytes: 1 }, isEvery);
              receive(6, 1); receive(12, 2); receive(18, 3);
              if (numbers.turn(0).missed !== 0) return 'every sixth frame';
              receive(30, 5); receive(36, 6);
              if (numbers.turn(0).missed !== 1) return 'one was lost';
              receive(42, 9, false); receive(48, 2); receive(54, 3);
              numbers.interrupt();
              receive(60, 90);
              return numbers.turn(0).missed === 1 ? 'good' : `${numbers.turn(0).missed} lost`;
            })
            """

        /// A picture that a browser cannot decode is told of, and the next one is drawn.
        private static let brokenPictures = """
            import('./picture-painter.js').then(async ({ PicturePainter }) => {
              const happened = [];
              const painter = new PicturePainter(document.createElement('canvas'), {
                painted: ({ seq }) => happened.push(seq), dropped: ({ seq }, isBroken) => happened.push([seq, isBroken]),
              });
              const sound = await new Promise((resolve) => document.createElement('canvas').toBlob(resolve, 'image/jpeg'));
              await painter.show({ seq: 1, blob: new Blob(['no picture'], { type: 'image/jpeg' }) });
              await painter.show({ seq: 2, blob: sound });
              const text = JSON.stringify(happened);
              return text === '[[1,true],2]' ? 'good' : text;
            })
            """

        /// Beside an open dialog a screen reader hears nothing.
        private static let announcements = """
            import('./dom.js').then(async ({ announce }) => {
              const dialog = document.body.appendChild(document.createElement('dialog'));
              dialog.showModal();
              announce('inside');
              for (let turn = 0; turn < 100 && dialog.textContent === ''; turn += 1) await new Promise((done) => setTimeout(done, 20));
              announce('once more');
              const [text, places] = [dialog.textContent, dialog.querySelectorAll('[aria-live]').length];
              dialog.remove();
              announce('outside');
              const said = document.querySelector('body > .announcer').textContent;
              return text === 'once more' && places === 1 && said === 'outside' ? 'good' : `${text}, ${places}, ${said}`;
            })
            """

        /// Some browsers' clock stands still while the machine sleeps.
        private static let sleep = """
            import('./age-clock.js').then(({ hasSlept, now }) => {
              if (hasSlept()) return 'nothing has happened';
              const wake = Date.now;
              Date.now = () => wake() + 3_600_000;
              const before = now();
              const slept = hasSlept();
              const ahead = now() - before;
              const again = hasSlept();
              Date.now = wake;
              return slept && !again && Math.abs(ahead - 3_600_000) < 5_000 ? 'good' : `${slept} ${again} ${ahead}`;
            })
            """

        private static let walls = """
            import('./wall-address.js').then(({ readWall, writeWall }) => {
              if (readWall('?columns=3') !== null) return 'no wall';
              const table = [
                ['?wall=', { taps: null, columns: null }], ['?wall=&columns=4', { taps: null, columns: 4 }],
                ['?wall=door/live,yard/live&columns=3', { taps: [['door', 'live'], ['yard', 'live']], columns: 3 }],
              ];
              for (const [query, layout] of table) {
                if (JSON.stringify(readWall(query)) !== JSON.stringify(layout)) return `${query}: ${JSON.stringify(readWall(query))}`;
                if (writeWall(layout) !== query) return writeWall(layout);
              }
              const odd = readWall('?wall=a/b,a/b,/c,d/,e,f/g/h&columns=1e9');
              return JSON.stringify(odd) === '{"taps":[["a","b"]],"columns":null}' ? 'good' : JSON.stringify(odd);
            })
            """

        /// No more than eight of any tap, never smaller than what is drawn while the source is larger, nothing of a small one.
        private static let sizes = """
            import('./picture-size.js').then(({ wantedSize }) => {
              const source = { width: 1280, height: 720 };
              const asked = new Set();
              for (let width = 1; width < 3000; width += 1) {
                const { width: wanted } = wantedSize({ width, height: width * 9 / 16 }, source);
                if (wanted !== undefined && (wanted < width || wanted >= source.width)) return `${width}: ${wanted}`;
                if (wanted === undefined && width <= 960) return `all of it for ${width}`;
                asked.add(wanted);
              }
              if (asked.size > 8) return `${asked.size} sizes`;
              // A tall room: the picture is no wider than its height allows, nor than the room.
              if (wantedSize({ width: 300, height: 1000 }, source).width !== 320) return 'tall';
              return wantedSize({ width: 1000, height: 90 }, source).width === 160 ? 'good' : 'flat';
            })
            """
    }
}
