import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What comes through an outlet: formats, colours, and a camera's own JPEGs.
@Suite(.timeLimit(.minutes(1)))
struct PictureTests {
    @Test(
        "Colours are the source's own",
        arguments: [
            // BT.601 limited, as cameras give it: red is 81, 90, 240.
            ("I420,colorimetry=bt601", PixelFormat.i420, Colorimetry(range: .limited, matrix: .bt601), [81, 90, 240]),
            ("NV12,colorimetry=bt709", .nv12, Colorimetry(range: .limited, matrix: .bt709), [63, 102, 240]),
            ("YUY2,colorimetry=bt709", .i420, Colorimetry(range: .limited, matrix: .bt709), [63, 102, 240]),
            // RGB becomes what JPEG has: red is 76, 85, 255.
            ("RGB", .i420, .jpeg, [76, 85, 255]),
            ("I420_10LE,colorimetry=bt709", .i420, Colorimetry(range: .limited, matrix: .bt709), [63, 102, 240]),
        ])
    func colours(_ caps: String, _ format: PixelFormat, _ colorimetry: Colorimetry, _ expected: [Int]) async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            "videotestsrc num-buffers=2 pattern=red ! video/x-raw,format=\(caps),width=322,height=242 ! probe id=\(id)")
        #expect(try await run.end().reason == .endOfStream)
        let frame = try #require(log.frames.last)
        #expect(frame.format == format)
        #expect(frame.colorimetry == colorimetry)
        let found = frame.withPlanes { planes in
            let middle = planes.map { Int($0.samples[$0.height / 2 * $0.stride + $0.width / 4 * 2]) }
            // Interleaved: V stands behind U.
            return planes.count == 2
                ? middle + [
                    Int(planes[1].samples[planes[1].height / 2 * planes[1].stride + planes[1].width / 4 * 2 + 1])
                ] : middle
        }
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 2, "\(found)") }
    }

    @Test("Gray is gray only where the source is")
    func gray() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run("videotestsrc num-buffers=1 ! video/x-raw,format=GRAY8,width=322,height=242 ! probe id=\(id)")
        _ = try await run.end()
        #expect(log.frames.last?.format == .gray8)
    }

    @Test("A JPEG camera's pictures reach the tap byte for byte")
    func jpegPassThrough() async throws {
        // Whole macroblocks: what jpegenc puts beyond the edge of others is not the same twice.
        let pattern = "videotestsrc num-buffers=3 pattern=ball ! video/x-raw,width=320,height=240 ! jpegenc quality=77"
        let directory = try TemporaryDirectory().url
        try Film.launch("\(pattern) ! multifilesink location=\(directory.path)/%d.jpg")

        let (id, log) = Recorder.newLog()
        let run = try Run("\(pattern) name=camera ! streamtap name=t camera. ! probe id=\(id)")
        #expect(try await run.end().reason == .endOfStream)
        let newest = try #require(run.runner.tap("t")?.newest)
        #expect(newest.format == .jpeg && newest.width == 320 && newest.height == 240)
        let bytes = newest.withPlanes { planes in
            Array(UnsafeRawBufferPointer(start: planes[0].base, count: planes[0].stride))
        }
        let files = try (0..<3).map { try Array(Data(contentsOf: directory.appending(path: "\($0).jpg"))) }
        #expect(files.firstIndex(of: bytes) == 2, "\(bytes.count) of \(files.map(\.count))")
        // The stage on the same camera got pixels.
        #expect(log.frames.map(\.format) == [.i420, .i420, .i420])
        #expect(run.runner.sources.map(\.frames) == [3])
    }

    @Test("The limit is on sides and on pixels")
    func limits() {
        #expect(!PictureLimit().allows(width: 65500, height: 65500))
        #expect(!PictureLimit().allows(width: 16385, height: 16))
        #expect(PictureLimit().allows(width: 7680, height: 4320))
    }

    @Test("A frame over the limit is dropped and counted")
    func limit() async throws {
        let run = try Run(
            "videotestsrc num-buffers=3 ! video/x-raw,width=640,height=480 ! streamtap name=t",
            limit: PictureLimit(pixels: 320 * 240))
        _ = try await run.end()
        #expect(run.runner.sources.first?.dropped == 3)
        #expect(run.runner.sources.first?.frames == 0)
    }
}
