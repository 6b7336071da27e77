import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

/// What stages of one chain have to do with each other: nothing, and one conversion.
@Suite(.timeLimit(.minutes(1)))
struct StageTreeTests {
    @Test("Stages that want full-range luma share one conversion; the others get what the camera gave")
    func conversion() async throws {
        let (first, second, third, raw) = (
            Recorder.newLog(), Recorder.newLog(), Recorder.newLog(), Recorder.newLog()
        )
        let run = try Run(
            """
            videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=66,height=50,colorimetry=bt709 ! identity name=s
            s. ! levels id=\(first.id) ! streamtap name=t
            s. ! grayscale ! levels id=\(second.id)
            s. ! probe id=\(raw.id) mode=mark ! levels id=\(third.id)
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(raw.log.frames.allSatisfy { $0.colorimetry.range == .limited })
        for index in 0..<3 {
            let frames = [first, second, third].map { $0.log.frames[index] }
            #expect(frames.allSatisfy { $0.format == .gray8 && $0.colorimetry.range == .full })
            #expect(Set(frames.map(FrameConverterTests.address)).count == 1, "converted once")
            let found: [Int?] = frames.map { $0.detections?.count }
            #expect(found == [nil, nil, 1])
        }
        #expect(run.runner.tap("t")?.newest?.colorimetry.range == .full)
    }

    @Test("A stage that throws loses that frame, is counted, and ends nothing")
    func throwing() async throws {
        let (id, log) = Recorder.newLog()
        let (afterID, after) = Recorder.newLog()
        let run = try Run(
            """
            videotestsrc num-buffers=20 ! video/x-raw,width=64,height=48 ! probe id=\(id) ! juggle name=j micros=0
              ! probe id=\(afterID) ! streamtap name=t
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(log.count == 20)
        #expect(after.frames.map(\.sequence) == StageWorkersTests.kept(20))
        let progress = try #require(run.runner.stages.first { $0.name == "j" })
        #expect(progress.failed == 2 && progress.p99Micros >= progress.p50Micros && progress.p50Micros > 0)
        #expect(run.runner.stages.filter { $0.name != "j" }.allSatisfy { $0.failed == 0 })
    }

    @Test("Two stages of one kind are independent")
    func twoOfAKind() async throws {
        let run = try Run(
            """
            videotestsrc num-buffers=2 pattern=solid-color foreground-color=0xff808080 ! video/x-raw,width=64,height=48 ! identity name=s
            s. ! threshold name=low value=10 ! streamtap name=bright
            s. ! threshold name=high value=250 ! streamtap name=dark
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(Set(try #require(run.runner.tap("bright")?.newest).samples()) == [255])
        #expect(Set(try #require(run.runner.tap("dark")?.newest).samples()) == [0])
        #expect(run.runner.stages.map(\.name) == ["low", "high"])
    }
}
