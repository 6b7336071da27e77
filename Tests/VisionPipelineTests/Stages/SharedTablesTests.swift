import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

/// Workers of one stage use what can only be read together, and see the same.
struct SharedTablesTests {
    @Test("stages beside each other make of a frame what one alone does", arguments: StageConformance.names)
    func same(name: String) throws {
        let type = try #require(StageCatalog.builtIn.stage(named: name))
        guard type.description.options.contains(where: { $0.name == StageOptionDescription.workers.name }) else {
            return
        }
        let options = try StageOptions(
            checking: StageConformance.needed[name] ?? [], against: type.description)
        var first = try type.init(options: options)
        var second = try first.another(options)
        for format in [PixelFormat.i420, .nv12, .gray8] {
            let frame = StageConformance.frame(format, (160, 120))
            let (one, other) = (try first.take(frame), try second.take(frame))
            #expect(one.map(OverlayTests.planes) == other.map(OverlayTests.planes))
        }
    }

    @Test("a detector that goes leaves the tables to the others, in whichever order they go")
    func detectors() throws {
        for keepsFirst in [true, false] {
            var first: AprilTagDetector? = try AprilTagDetector(.init())
            var second = try first.map { try AprilTagDetector(beside: $0) }
            if keepsFirst { second = nil } else { first = nil }
            let left = try #require(first ?? second)
            let frame = TagScene().frame(try TagImage(.tag36h11, id: 3))
            #expect(try frame.withPlanes { try left.detect($0[0]).map(\.id) } == [3])
        }
    }
}
