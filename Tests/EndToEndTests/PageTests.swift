import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The page in a browser")
    struct PageTests {
        private static let plan = """
            videotestsrc is-live=true pattern=ball name=camera
              ! video/x-raw,format=I420,width=160,height=120,framerate=15/1
              ! motion name=moving threshold=40 ! streamtap name=view
            moving. ! blur name=soft ! streamtap name=calm

            """

        /// One browser for all: starting it takes longer than everything else.
        @Test(
            "Live pictures, the graph, boxes and the editor", arguments: BrowserKind.installed)
        func page(_ kind: BrowserKind) async throws {
            let server = try await StreamTapProcess.serving(["cam": Self.plan], arguments: ["--allow-plan-text"])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let profile = try TemporaryDirectory()
            let browser = try await kind.start(profile)
            try await browser.open("http://127.0.0.1:\(server.http.port)/")

            // A canvas is 300 wide until a picture has been drawn on it.
            let pictures = "[...document.querySelectorAll('#instance-cam canvas')].map((one) => one.width).join()"
            try await browser.wait(for: "two live pictures", "\(pictures) === '160,160'")

            try await graph(browser, server)
            try await boxes(browser)
            try await editor(browser)
            try await layout(browser)
            try await order(browser, server)
            #expect(await browser.problems == [])
        }

        private func graph(_ browser: any Browser, _ server: StreamTapProcess) async throws {
            try await browser.evaluate("document.querySelector('#instance-cam input[value=graph]').click()")
            let drawn = "[...document.querySelectorAll('#instance-cam .graph-drawing [data-node]')]"
            try await browser.wait(for: "a graph", "\(drawn).length > 0")
            let graph = try await server.http.get("/api/vp/instances/cam/graph").json
            let nodes = (graph["nodes"] as? [[String: any Sendable]] ?? []).compactMap { $0["id"] as? String }
            #expect(nodes.count == 6)
            #expect(
                try await browser.evaluate("\(drawn).map((node) => node.dataset.node).sort().join()")
                    == nodes.sorted().joined(separator: ","))
            try await browser.wait(
                for: "pictures on the nodes of taps",
                "[...document.querySelectorAll('.graph-tap canvas')].map((one) => one.width).join() === '160,160'")
            try await browser.wait(
                for: "times on the nodes of stages",
                """
                ((all) => all.length === 2 && all.every((one) => one.textContent.startsWith('p50 ')))(
                  [...document.querySelectorAll('.graph-live')])
                """)
        }

        /// The ball is white and the rest is black: what is bright lies in the boxes of the picture that is shown.
        private func boxes(_ browser: any Browser) async throws {
            try await browser.evaluate("document.querySelector('.graph-tap').click()")
            let share = """
                (() => {
                  const canvas = document.querySelector('dialog[open] .screen canvas');
                  const overlay = document.querySelector('dialog[open] .boxes');
                  const boxes = [...overlay.querySelectorAll('polygon')].map((one) => one.getBBox());
                  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
                  copy.drawImage(canvas, 0, 0);
                  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
                  let [bright, marked] = [0, 0];
                  for (let index = 0; index < data.length; index += 4) {
                    if (data[index] < 128) continue;
                    const [x, y] = [(index / 4) % canvas.width, Math.floor(index / 4 / canvas.width)];
                    bright += 1;
                    marked += boxes.some((box) => x >= box.x - 3 && x <= box.x + box.width + 3
                      && y >= box.y - 3 && y <= box.y + box.height + 3);
                  }
                  return overlay.viewBox.baseVal.width === canvas.width && bright > 20 && marked > bright * 0.9;
                })()
                """
            try await browser.wait(for: "a box around the ball", share)
            try await browser.evaluate("document.querySelector('dialog[open]').close()")
        }

        private func editor(_ browser: any Browser) async throws {
            func type(_ text: String) async throws {
                try await browser.evaluate(
                    """
                    (() => {
                      const area = document.querySelector('.code-text');
                      area.value = \(String(reflecting: text));
                      area.dispatchEvent(new Event('input'));
                    })()
                    """)
            }
            let start = "document.querySelector('.editor-form [type=submit]')"
            try await browser.evaluate("document.getElementById('write-plan').click()")
            try await browser.wait(for: "the example to be sound", "\(start)?.disabled === false")

            try await type("videotestsrc is-live=true ! textoverlay text=\"📷 é\" ! streamtap widht=3")
            #expect(try await browser.evaluate("\(start).disabled") == "true")
            try await browser.wait(for: "an underlined error", "document.querySelector('.mark.is-error') !== null")
            #expect(try await browser.evaluate("document.querySelector('.mark.is-error').textContent") == "widht")
            #expect(
                try await browser.evaluate("document.querySelector('.problem code').textContent") == "unknown_option")
            try await browser.evaluate("document.querySelector('.problem').click()")
            #expect(
                try await browser.evaluate(
                    "((area) => area.value.slice(area.selectionStart, area.selectionEnd))(document.querySelector('.code-text'))"
                ) == "widht")

            try await type("videotestsrc is-live=true ! textoverlay text=\"📷 é\" ! streamtap width=32")
            try await browser.wait(for: "a sound plan", "\(start).disabled === false")
            #expect(try await browser.evaluate("document.querySelectorAll('.mark').length") == "0")
            #expect(try await browser.evaluate("document.querySelectorAll('.editor-graph [data-node]').length") == "3")
        }

        private func order(_ browser: any Browser, _ server: StreamTapProcess) async throws {
            // Neither the order of the ids nor its reverse.
            for id in ["zebra", "ant"] { try await server.create("cam", id: id) }
            let shown = "[...document.querySelectorAll('.instance')].map((one) => one.id).join()"
            try await browser.wait(
                for: "the newest first", "\(shown) === 'instance-ant,instance-zebra,instance-cam'")
        }

        /// Any graph is laid out, sound or not: circles, nodes that are not there, two edges between the same two.
        private func layout(_ browser: any Browser) async throws {
            let answer = try await browser.evaluate(
                """
                import('./graph-layout.js').then(({ layout }) => {
                  // Numerical Recipes' generator: the same graphs in every run.
                  let seed = 1;
                  const random = (below) => (seed = (seed * 1664525 + 1013904223) % 4294967296) % below;
                  for (let round = 0; round < 100; round += 1) {
                    const nodes = Array.from({ length: 1 + random(64) }, (_, index) => ({
                      id: `n${index}`, width: 48 + random(140), height: 30 + random(90), isSide: random(4) === 0 }));
                    const edges = Array.from({ length: random(90) }, () => ({
                      source: `n${random(66)}`, target: `n${random(66)}` }));
                    const { width, height, places } = layout(nodes, edges);
                    const boxes = nodes.map((node) => ({ ...node, ...places.get(node.id) }));
                    for (const one of boxes) {
                      if (!(one.x >= 0 && one.y >= 0 && one.x + one.width <= width + 1 && one.y + one.height <= height + 1)) {
                        return `outside: ${JSON.stringify(one)}`;
                      }
                      for (const other of boxes) {
                        if (one !== other && one.x < other.x + other.width && other.x < one.x + one.width
                          && one.y < other.y + other.height && other.y < one.y + one.height) {
                          return `overlap: ${JSON.stringify([one, other])}`;
                        }
                      }
                    }
                  }
                  return 'good';
                })
                """)
            #expect(answer == "good")
        }
    }
}
