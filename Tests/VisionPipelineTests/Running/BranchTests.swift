import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// GStreamer elements behind a stage: recordings that players can play, and failures that are nobody else's.
@Suite(.timeLimit(.minutes(2)))
struct BranchTests {
    private let encoder = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10"

    @Test(
        "A file played to its end is recorded whole",
        arguments: [
            ("h264parse ! mp4mux ! filesink location=", "clip.mp4"),
            ("h264parse ! matroskamux ! filesink location=", "clip.mkv"),
            ("h264parse ! splitmuxsink location=", "clip.mp4"),
        ])
    func recordedWhole(_ muxer: String, _ name: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc num-buffers=30 ! video/x-raw,format=I420,width=162,height=90,framerate=30/1
              ! grayscale name=g ! streamtap name=t
            g. ! \(encoder) ! \(muxer)\(place.path(name))
            """)
        #expect(try await run.end().reason == .endOfStream)
        let facts = try place.facts(name)
        #expect(facts.frames == 30 && facts.width == 162 && facts.height == 90)
        #expect(abs((facts.duration ?? 0) - 1) < 1.0 / 30 + 0.002, "\(facts)")
        #expect(run.runner.tapProgress.first?.frames == 30)
    }

    @Test(
        "A live camera's recording is finished on stop, from the branch's first frame on",
        arguments: [
            ("h264parse ! mp4mux ! filesink location=", "clip.mp4"),
            ("h264parse ! matroskamux ! filesink location=", "clip.mkv"),
            ("h264parse ! splitmuxsink location=", "clip.mp4"),
        ])
    func recordedOnStop(_ muxer: String, _ name: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc is-live=true ! video/x-raw,format=NV12,width=160,height=90,framerate=25/1 ! probe name=p ! streamtap name=t
            p. ! \(encoder) ! \(muxer)\(place.path(name))
            """)
        try await eventually { (run.runner.branches.first?.frames ?? 0) >= 20 }
        #expect(try await run.stop().reason == .stopRequested)
        let branch = try #require(run.runner.branches.first)
        #expect(branch.state == .completed)
        let facts = try place.facts(name)
        #expect(abs(facts.frames - Int(branch.frames)) <= 1, "\(facts) \(branch)")
        // A busy machine loses frames, here or before the stage: then the film is as long as it took, and has fewer.
        let lost = branch.dropped + run.runner.sources.reduce(0) { $0 + $1.dropped }
        let longer = (facts.duration ?? 0) - Double(facts.frames) / 25
        #expect(longer >= -1.0 / 25 - 0.002 && (lost > 0 || longer <= 1.0 / 25 + 0.002), "\(facts) \(lost)")
    }

    @Test("Pictures go through unchanged: strides and planes of their own, whatever follows knows of them")
    func pixels() async throws {
        let place = try Recording()
        defer { place.remove() }
        // blur makes frames whose rows are longer than their pictures; a raw file knows nothing of that.
        let run = try Run(
            """
            videotestsrc num-buffers=2 pattern=ball ! video/x-raw,format=I420,width=162,height=92 ! blur kernel=3 name=b ! streamtap name=t
            b. ! filesink location=\(place.path("plain.yuv"))
            b. ! videoscale ! video/x-raw,width=160 ! blur kernel=3 ! y4menc ! filesink location=\(place.path("plain.y4m"))
            b. ! videoconvert ! video/x-raw,format=I420 ! videoflip method=rotate-180 ! videoflip method=rotate-180 ! filesink location=\(place.path("turned.yuv"))
            """)
        #expect(try await run.end().reason == .endOfStream)
        let newest = try #require(run.runner.tap("t")?.newest)
        // GStreamer rounds rows up to four bytes.
        let expected: [UInt8] = newest.withPlanes { planes in
            var bytes: [UInt8] = []
            for plane in planes {
                for row in 0..<plane.height {
                    bytes += UnsafeRawBufferPointer(start: plane.base + row * plane.stride, count: plane.width)
                    bytes += [UInt8](repeating: 0, count: (4 - plane.width % 4) % 4)
                }
            }
            return bytes
        }
        func unpadded(_ name: String) throws -> [UInt8] {
            var bytes = try Array(Data(contentsOf: URL(filePath: place.path(name))).suffix(expected.count))
            guard bytes.count == expected.count else { return bytes }
            for index in bytes.indices where isPadding(index) { bytes[index] = 0 }
            return bytes
        }
        func isPadding(_ index: Int) -> Bool {
            index < 164 * 92 ? index % 164 >= 162 : (index - 164 * 92) % 84 >= 81
        }
        #expect(try unpadded("plain.yuv") == expected)
        #expect(try unpadded("turned.yuv") == expected)
        // y4menc knows of rows that are padded, by its own word, and is wrong.
        let film = try Data(contentsOf: URL(filePath: place.path("plain.y4m")))
        let head = try #require(film.firstIndex(of: 10)) + 1
        #expect(film.count == head + 2 * (6 + 160 * 92 * 3 / 2))
    }

    @Test("Still pictures, several branches at once, and a tee by name behind a stage")
    func several() async throws {
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc num-buffers=10 ! video/x-raw,width=160,height=90,framerate=10/1 ! probe name=p ! streamtap name=t
            p. ! jpegenc ! multifilesink location=\(place.path("still-%03d.jpg"))
            p. ! \(encoder) name=coded ! h264parse ! matroskamux ! filesink location=\(place.path("one.mkv"))
            coded. ! queue ! h264parse ! mp4mux ! filesink location=\(place.path("two.mp4"))
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(place.files.filter { $0.hasPrefix("still-") }.count == 10)
        let still = try Array(Data(contentsOf: URL(filePath: place.path("still-009.jpg"))))
        #expect(still.withUnsafeBytes { try? JPEGStructure($0) }.map { [$0.width, $0.height] } == [160, 90])
        #expect(try place.facts("one.mkv").frames == 10)
        #expect(try place.facts("two.mp4").frames == 10)
        #expect(run.runner.branches.map(\.name) == ["multifilesink0", "coded"])
    }

    @Test("Stage, GStreamer, stage: detections find their frame again")
    func detectionsCarriedAcross() async throws {
        let (before, first) = Recorder.newLog()
        let (after, second) = Recorder.newLog()
        let run = try Run(
            """
            videotestsrc num-buffers=12 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
              ! probe id=\(before) mode=mark ! \(encoder) ! h264parse ! avdec_h264 ! videoscale ! video/x-raw,width=80,height=60
              ! probe id=\(after) ! streamtap name=t
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(first.count == 12 && second.count == 12)
        for (index, frame) in second.frames.enumerated() {
            let found = try #require(frame.detections?.first)
            #expect(found.id == index + 1)
            // In the pixels of the smaller picture.
            #expect(found.box == Detection.Box(x: 4, y: 5, width: 20, height: 10))
            #expect(frame.captured == first.frames[index].captured)
        }
        #expect(run.runner.sources.map(\.frames) == [12], "an outlet behind a stage is no source")
    }

    @Test(
        "A branch that cannot start is told of by name, and holds nobody",
        arguments: [
            // Not even root makes a directory there.
            ("filesink location=/proc/nowhere/clip.yuv", "filesink0", "/proc/nowhere/clip.yuv"),
            ("tcpclientsink name=upload host=127.0.0.1 port=9", "upload", "127.0.0.1"),
        ])
    func cannotStart(_ sink: String, _ name: String, _ words: String) async throws {
        let run = try Run(
            """
            videotestsrc num-buffers=20 ! video/x-raw,width=64,height=64,framerate=100/1 ! probe name=p ! streamtap name=t
            p. ! \(sink)
            """)
        #expect(try await run.end().reason == .endOfStream)
        let branch = try #require(run.runner.branches.first)
        #expect(branch.name == name && branch.state == .failed)
        #expect(branch.reason?.contains(words) == true, "\(branch)")
        #expect(run.runner.tapProgress.first?.frames == 20)
    }

    @Test("A branch whose disk is full fails alone", .enabled(if: Disk.isPossible))
    func fullDisk() async throws {
        let disk = try Disk(kilobytes: 64)
        defer { disk.remove() }
        let place = try Recording()
        defer { place.remove() }
        let run = try Run(
            """
            videotestsrc num-buffers=40 ! video/x-raw,format=I420,width=64,height=64,framerate=100/1 ! probe name=p ! streamtap name=t
            p. ! filesink name=raw location=\(disk.path)/raw.yuv
            p. ! \(encoder) ! h264parse ! matroskamux ! filesink location=\(place.path("other.mkv"))
            """)
        #expect(try await run.end().reason == .endOfStream)
        let branch = try #require(run.runner.branches.first { $0.name == "raw" })
        #expect(branch.state == .failed)
        #expect(branch.reason?.lowercased().contains("space") == true, "\(branch)")
        #expect(run.runner.tapProgress.first?.frames == 40)
        #expect(try place.facts("other.mkv").frames == 40)
    }

    @Test("A server that takes the connection and reads nothing holds neither a live plan nor its end")
    func stuckServer() async throws {
        let server = try SilentServer()
        defer { server.close() }
        let run = try Run(
            """
            videotestsrc is-live=true ! video/x-raw,format=I420,width=640,height=360,framerate=100/1 ! probe name=p ! streamtap name=t
            p. ! tcpclientsink name=upload host=127.0.0.1 port=\(server.port)
            """)
        try await eventually(within: .seconds(30)) { (run.runner.branches.first?.dropped ?? 0) > 5 }
        let before = run.runner.tapProgress.first?.frames ?? 0
        try await eventually { (run.runner.tapProgress.first?.frames ?? 0) > before + 10 }
        let start = ContinuousClock.now
        #expect(try await run.stop().reason == .stopRequested)
        // Two seconds for its file, one for its threads.
        #expect(ContinuousClock.now - start < .seconds(8))
    }
}
