import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A viewer sees the picture upright and in its true shape, whatever the file says of it and whichever way it comes.
@Suite("Shape and orientation beside ffmpeg", .timeLimit(.minutes(3)))
struct ShapeTests {
    /// A film whose rows do not lie, or whose pixels are not, as they look.
    struct Shape: Sendable, CustomTestStringConvertible {
        var size = "160x120"
        var aspect = "1"
        var rotation = 0
        /// Behind the decoder.
        var way = ""
        var testDescription: String { "\(size), pixels of \(aspect), rotated by \(rotation) \(way)" }

        /// Makes the film.
        func film(in folder: TemporaryDirectory) throws -> String {
            let (lying, path) = (folder.path + "/lying.mp4", folder.path + "/film.mp4")
            _ = try? CodedVideo.output(
                of: "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "smptehdbars=size=\(size):rate=10:duration=0.5", "-vf",
                    "gblur=sigma=4,setsar=\(aspect)", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-qp", "4", "-y", lying,
                ])
            _ = try? CodedVideo.output(
                of: "ffmpeg",
                ["-v", "error", "-i", lying, "-c", "copy", "-metadata:s:v", "rotate=\(rotation)", "-y", path])
            return path
        }
    }

    static let shapes =
        [
            Shape(aspect: "4/3"), Shape(aspect: "3/4"), Shape(size: "176x144", aspect: "16/11"),
            Shape(aspect: "2", rotation: 180), Shape(aspect: "4/3", rotation: 90), Shape(aspect: "3/4", rotation: 270),
        ]
        + [90, 180, 270].flatMap { rotation in
            ["", "! videoflip video-direction=auto", "! videoflip method=automatic ! queue"].map {
                Shape(rotation: rotation, way: $0)
            }
        }

    @Test("Films: plain, scaled, behind a stage, behind a stage and videoflip, and recorded", arguments: shapes)
    func films(shape: Shape) async throws {
        let folder = try TemporaryDirectory()
        let path = try shape.film(in: folder)
        let recorded = folder.path + "/recorded.mp4"
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            filesrc location=\(path) ! qtdemux ! h264parse ! avdec_h264 \(shape.way) ! queue name=out
              ! streamtap name=plain quality=98
            out. ! streamtap name=small width=60 quality=98
            out. ! probe id=\(id) name=same ! streamtap name=staged quality=98
            same. ! videoflip video-direction=auto ! streamtap name=flipped quality=98
            same. ! videoconvert ! x264enc pass=quant quantizer=4 ! mp4mux ! filesink location=\(recorded)
            """)
        #expect(try await run.end().reason == .endOfStream)
        let theirs = try TheirPicture(of: path)
        let progress = try #require(run.runner.tapProgress.first)
        #expect((progress.width, progress.height) == (theirs.width, theirs.height))
        for (tap, least) in [(0, 34.0), (2, 34), (3, 34)] {
            let picture = try #require(run.pictures.last { $0.header.tap == tap })
            #expect((picture.header.width, picture.header.height) == (theirs.width, theirs.height), "tap \(tap)")
            let quality = try theirs.quality(of: picture.jpeg)
            #expect(quality > least, "tap \(tap): \(quality) dB")
        }
        let small = try #require(run.pictures.last { $0.header.tap == 1 })
        #expect(small.header.width == 60)
        let scaled = try TheirPicture(
            of: path,
            filters: TheirPicture.squarePixels
                + ",scale=\(small.header.width):\(small.header.height):flags=area,format=yuv444p")
        let smallQuality = try scaled.quality(of: small.jpeg)
        #expect(smallQuality > 25, "scaled: \(smallQuality) dB")
        // Stages get the camera's pixels, upright.
        let frame = try #require(log.frames.last)
        #expect(frame.orientation == .upright)
        #expect(
            abs(
                Double(frame.width) * frame.pixelAspect.ratio / Double(frame.height)
                    - Double(theirs.width) / Double(theirs.height)) < 0.01)
        let film = try TheirPicture(of: recorded)
        #expect((film.width, film.height) == (theirs.width, theirs.height), "the recording")
        let quality = PictureTruthTests.psnr(film.rgb, theirs.rgb)
        #expect(quality > 34, "the recording: \(quality) dB")
    }

    @Test("A plan that turns pictures itself has said how they lie")
    func explicitFlip() async throws {
        let folder = try TemporaryDirectory()
        let path = try Shape(rotation: 90).film(in: folder)
        let run = try Run(
            """
            filesrc location=\(path) ! qtdemux ! h264parse ! avdec_h264 ! videoflip method=vertical-flip
              ! streamtap name=plain quality=98
            """)
        #expect(try await run.end().reason == .endOfStream)
        let theirs = try TheirPicture(of: path, filters: "vflip", options: ["-noautorotate"])
        #expect(try theirs.quality(of: #require(run.pictures.last).jpeg) > 34)
    }

    @Test(
        "A disc is round at every viewer and in a recording",
        arguments: [
            ("704x480", "40/33", 853, 480), ("960x1080", "2", 1920, 1080), ("720x576", "64/45", 1024, 576),
            ("720x480", "8/9", 720, 540),
        ])
    func disc(size: String, aspect: String, width: Int, height: Int) async throws {
        let folder = try TemporaryDirectory()
        let (path, recorded) = (folder.path + "/disc.mp4", folder.path + "/recorded.mp4")
        // A square cut round by ffmpeg, and then given to pixels of that shape.
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=black:size=\(width)x\(height):rate=5:duration=0.6", "-vf",
                "format=gray,geq=lum='255*lt(hypot(X-W/2,Y-H/2),H/3)',format=yuv420p,scale=\(size),setsar=\(aspect)",
                "-c:v", "libx264", "-qp", "10", "-y", path,
            ])
        let run = try Run(
            """
            filesrc location=\(path) ! qtdemux ! h264parse ! avdec_h264 name=out ! streamtap name=plain
            out. ! streamtap name=small height=200
            out. ! rotate angle=90 name=turned ! streamtap name=staged
            turned. ! resize width=300 ! streamtap name=resized
            turned. ! crop x=10 y=10 ! streamtap name=cropped
            turned. ! x264enc ! mp4mux ! filesink location=\(recorded)
            """)
        #expect(try await run.end().reason == .endOfStream)
        let plain = try #require(run.pictures.last { $0.header.tap == 0 })
        #expect((plain.header.width, plain.header.height) == (width, height))
        for tap in 0..<5 {
            let picture = try DecodedJPEG(#require(run.pictures.last { $0.header.tap == tap }?.jpeg))
            let shape = Self.roundness(picture.rgb, width: picture.width, height: picture.height)
            #expect(abs(shape - 1) < 0.02, "tap \(tap), \(picture.width)×\(picture.height): \(shape)")
        }
        let film = try TheirPicture(of: recorded)
        let shape = Self.roundness(film.rgb, width: film.width, height: film.height)
        #expect(abs(shape - 1) < 0.02, "the recording, \(film.width)×\(film.height): \(shape)")
    }

    /// Width to height of what is bright.
    static func roundness(_ rgb: [UInt8], width: Int, height: Int) -> Double {
        let columns = (0..<width).filter { rgb[(height / 2 * width + $0) * 3] > 128 }
        let rows = (0..<height).filter { rgb[($0 * width + width / 2) * 3] > 128 }
        guard let left = columns.first, let right = columns.last, let top = rows.first, let bottom = rows.last else {
            return 0
        }
        return Double(right - left + 1) / Double(bottom - top + 1)
    }
}
