import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Pictures that lie otherwise than they look, sample by sample.
struct OrientationTests {
    /// Where a sample of the upright picture stands in one of `width` × `height` that lies so (CIPA DC-008, 4.6.5.1).
    static func place(_ x: Int, _ y: Int, _ orientation: Orientation, width: Int, height: Int) -> (x: Int, y: Int) {
        switch orientation {
        case .upright: (x, y)
        case .mirrored: (width - 1 - x, y)
        case .rotated180: (width - 1 - x, height - 1 - y)
        case .flipped: (x, height - 1 - y)
        case .transposed: (y, x)
        case .rotated90: (y, height - 1 - x)
        case .transversed: (width - 1 - y, height - 1 - x)
        case .rotated270: (width - 1 - y, x)
        }
    }

    static func lying(
        _ format: PixelFormat, _ orientation: Orientation, width: Int, height: Int,
        sample: (_ plane: Int, _ x: Int, _ y: Int) -> UInt8 = BlurTests.noise
    ) -> Frame {
        let frame = TestFrame.make(format, width: width, height: height, padding: 3, sample: sample)
        var attributes = frame.attributes
        (attributes.orientation, attributes.pixelAspect) = (orientation, PixelAspect(4, 3))
        let box = Detection.Box(x: 1, y: 2, width: 3, height: 4)
        attributes.detections = [Detection(kind: "mark", label: "mark", score: 1, box: box)]
        return frame.with(attributes)
    }

    @Test(
        "Every sample comes to stand where it belongs, and what was found with it", arguments: Orientation.allCases,
        [PixelFormat.i420, .nv12, .gray8])
    func upright(_ orientation: Orientation, _ format: PixelFormat) throws {
        for (width, height) in [(16, 12), (13, 7), (1, 1), (2, 9), (40, 33)] {
            var converter = FrameConverter()
            let lying = Self.lying(format, orientation, width: width, height: height)
            let upright = try converter.frame(lying, for: .pixels, in: "test")
            #expect(try converter.frame(lying, for: .pixels, in: "test") === upright, "once for all that ask")
            #expect(upright.orientation == .upright)
            #expect(upright.pixelAspect == (orientation.exchangesSides ? PixelAspect(3, 4) : PixelAspect(4, 3)))
            #expect((upright.width, upright.height) == (orientation.exchangesSides ? (height, width) : (width, height)))
            for plane in 0..<format.planeCount {
                let channels = format.channels(plane)
                lying.withPlanes { theirs in
                    upright.withPlanes { ours in
                        let (across, down) = (theirs[plane].width / channels, theirs[plane].height)
                        for y in 0..<ours[plane].height {
                            for x in 0..<(ours[plane].width / channels) {
                                let from = Self.place(x, y, orientation, width: across, height: down)
                                for channel in 0..<channels {
                                    #expect(
                                        ours[plane][x * channels + channel, y]
                                            == theirs[plane][from.x * channels + channel, from.y])
                                }
                            }
                        }
                    }
                }
            }
            // The corner of the box that lies next to the first sample.
            let box = try #require(upright.detections?.first?.box)
            let corners = [(1, 2), (4, 6)].map { x, y -> (Double, Double) in
                let transform = orientation.transform
                let point = transform.apply(
                    Detection.Point(x: Double(x), y: Double(y)), width: Double(width), height: Double(height))
                return (point.x, point.y)
            }
            #expect(box.x == min(corners[0].0, corners[1].0) && box.y == min(corners[0].1, corners[1].1))
            #expect((box.width, box.height) == (orientation.exchangesSides ? (4, 3) : (3, 4)))
        }
    }

    @Test("A tap directly at such frames shows the same picture, and boxes in it", arguments: Orientation.allCases)
    func tap(_ orientation: Orientation) throws {
        let encoder = try PictureEncoder()
        for format in [PixelFormat.i420, .nv12, .gray8] {
            let lying = Self.lying(format, orientation, width: 48, height: 32) { _, x, y in UInt8(40 + 3 * x + y) }
            let upright = lying.upright(from: FramePool())
            for variant in [Variant(quality: 95), Variant(width: 20, quality: 95)] {
                let ours = try encoder.encode(lying, as: variant)
                let same = try encoder.encode(upright, as: variant)
                #expect(ours.size == same.size)
                let (a, b) = (try DecodedJPEG(ours.jpeg), try DecodedJPEG(same.jpeg))
                #expect(PictureTruthTests.psnr(a.rgb, b.rgb) > 25)
            }
            #expect(lying.uprightDetections == upright.detections)
        }
    }

    @Test("Boxes fit the picture that they come with, turned and squared", arguments: Orientation.allCases)
    func boxes(_ orientation: Orientation) async throws {
        let deliveries = Deliveries()
        let tap = StreamTap(
            id: "view", attachPoint: "a", index: 0, defaults: .asIs, fps: nil,
            encoders: EncoderPool(threads: 1) { deliveries.add($0) })
        tap.demand([WantedVariant(tap: "view", variant: .asIs, stream: nil)])
        let lying = Self.lying(.i420, orientation, width: 48, height: 36)
        tap.offer(lying)
        try await eventually { deliveries.count == 1 }
        let picture = try #require(deliveries.all.first)
        // Pixels of 4:3: 64×36, or that on its side.
        let size = orientation.exchangesSides ? (36, 64) : (64, 36)
        #expect((picture.header.width, picture.header.height) == size)
        #expect((tap.progress.width, tap.progress.height) == size)
        struct Found: Decodable { let box: [Double] }
        let found = try JSONDecoder().decode([Found].self, from: Data(picture.detections))
        let box = try #require(lying.uprightDetections?.first?.box)
        let (x, y) = orientation.exchangesSides ? (1, 64.0 / 48) : (64.0 / 48, 1)
        for (ours, right) in zip(try #require(found.first).box, [box.x * x, box.y * y, box.width * x, box.height * y]) {
            #expect(abs(ours - right) < 0.01)
        }
    }

    @Test("GStreamer's words for the eight")
    func words() {
        for orientation in Orientation.allCases {
            #expect(ExifTests.tags[orientation.rawValue].flatMap { Orientation(tag: $0) } == orientation)
        }
        #expect(Orientation(tag: "rotate-45") == nil)
    }

    @Test(
        "Square pixels: the tighter side stays, and no shape makes a picture larger than any may be",
        arguments: [
            (704, 480, 40, 33, 853, 480), (960, 1080, 2, 1, 1920, 1080), (720, 480, 8, 9, 720, 540),
            (640, 480, 1, 1, 640, 480), (640, 480, 17, 1, 640, 480), (16384, 2, 16, 1, 16384, 1),
            (1, 1, 1, 16, 1, 16), (7680, 4320, 16, 1, 16384, 576), (4000, 4000, 1, 16, 1024, 16384),
        ])
    func displayed(_ width: Int, _ height: Int, _ across: Int, _ down: Int, _ toWidth: Int, _ toHeight: Int) throws {
        let attributes = FrameAttributes(pixelAspect: PixelAspect(across, down))
        let frame = Frame(format: .gray8, width: width, height: height, attributes: attributes) { $0[0].fill(99) }
        #expect(PictureSize(displaying: frame) == PictureSize(width: toWidth, height: toHeight))
        let picture = try PictureEncoder().encode(frame, as: .asIs)
        #expect(try DecodedJPEG(picture.jpeg).width == toWidth)
    }
}
