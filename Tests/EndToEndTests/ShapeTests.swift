import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What a browser makes of pictures whose rows do not lie as they look.
    @Suite("Orientation in a browser")
    struct OrientationTests {
        /// As Exif counts, and what makes such a picture of an upright one, in ffmpeg's words.
        private static let lying = [
            2: "hflip", 3: "hflip,vflip", 4: "vflip", 5: "transpose=cclock_flip", 6: "transpose=cclock",
            7: "transpose=clock_flip", 8: "transpose=clock",
        ]

        /// Upright: 160×120, blue, with a red upper left corner.
        private static func camera(_ value: Int, in folder: TemporaryDirectory) async throws -> MJPEGCamera {
            let path = "\(folder.path)/\(value).jpg"
            let process = try ChildProcess(
                "/usr/bin/ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "color=blue:size=160x120", "-vf",
                    "drawbox=0:0:80:60:red:fill,\(lying[value] ?? "null"),format=yuvj420p", "-frames:v", "1", "-q:v",
                    "2",
                    path,
                ])
            try await process.ended(within: .seconds(30))
            let jpeg = try Data(contentsOf: URL(filePath: path))
            let exif: [UInt8] = [
                0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1,
                0, 0,
                0, UInt8(value), 0, 0, 0, 0, 0, 0, 0,
            ]
            try (jpeg.prefix(2) + exif + jpeg.dropFirst(2)).write(to: URL(filePath: path))
            return try await MJPEGCamera.start(picture: path)
        }

        @Test(
            "Pictures that a camera's Exif turns are upright on the page, in an img, and as the API says",
            .enabled(if: Chromium.isInstalled, "chromium is not installed; scripts/packages-test names it"))
        func exif() async throws {
            let folder = try TemporaryDirectory()
            var (plans, cameras): ([String: String], [MJPEGCamera]) = ([:], [])
            for value in Self.lying.keys.sorted() {
                let camera = try await Self.camera(value, in: folder)
                cameras.append(camera)
                plans["cam\(value)"] = """
                    souphttpsrc location=\(camera.address) is-live=true ! multipartdemux name=camera
                      ! streamtap name=view
                    camera. ! streamtap name=small width=80
                    camera. ! motion ! streamtap name=staged
                    """
            }
            defer { cameras.forEach { $0.process.kill() } }
            let server = try await StreamTapProcess.serving(plans)
            for plan in plans.keys {
                try await server.create(plan)
                try await server.reaches("running", plan)
            }
            let browser = try await Chromium(profile: TemporaryDirectory())
            try await browser.open("http://127.0.0.1:\(server.http.port)/")
            // Red at the upper left, blue at the other corners.
            try await browser.evaluate(
                """
                globalThis.isUpright = (source, width, height) => {
                  const copy = new OffscreenCanvas(width, height).getContext("2d");
                  copy.drawImage(source, 0, 0);
                  const at = (x, y) => copy.getImageData(x * width, y * height, 1, 1).data;
                  const [first, ...others] = [at(0.2, 0.2), at(0.8, 0.2), at(0.2, 0.8), at(0.8, 0.8)];
                  return first[0] > 200 && first[2] < 60 && others.every((one) => one[2] > 200 && one[0] < 60);
                }
                """)
            for plan in plans.keys.sorted() {
                // What nobody can see is not asked for.
                let card = "document.querySelector('#instance-\(plan)')"
                try await browser.wait(for: "a card", "\(card) !== null && (\(card).scrollIntoView(), true)")
                try await browser.wait(
                    for: "three upright pictures of \(plan)",
                    """
                    ((all) => all.length === 3 && all.map((one) => `${one.width}×${one.height}`).join() ===
                      '160×120,80×60,160×120' && all.every((one) => isUpright(one, one.width, one.height)))(
                      [...document.querySelectorAll('#instance-\(plan) canvas')])
                    """)
                try await browser.wait(
                    for: "an upright snapshot of \(plan)",
                    """
                    (async () => {
                      const image = new Image();
                      image.src = '/api/vp/taps/\(plan)/view/frame.jpg';
                      await image.decode();
                      return image.naturalWidth === 160 && isUpright(image, 160, 120);
                    })()
                    """)
                let taps = try await server.http.get("/api/vp/taps/\(plan)").json["taps"] as? [String: any Sendable]
                let view = taps?["view"] as? [String: any Sendable]
                #expect(view?["width"] as? Int == 160 && view?["height"] as? Int == 120, "\(plan)")
            }
            #expect(await browser.problems == [])
        }
    }
}
