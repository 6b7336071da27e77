import CFloors
import VisionPipeline

/// What four workers of a stage take before their first frame is done, made beside each other and each by itself.
enum SharingBenchmark {
    private static let workers = 4

    static func run() throws {
        Table.section("\(workers) workers at 1080p, from options to a first frame each", "ours", "alone", "ratio")
        let frame = TestPicture.frame(
            TestPicture.gray(width: 1920, height: 1080), width: 1920, height: 1080)
        for (name, stage, options) in [
            ("undistort", "undistort", [("fx", "1400"), ("fy", "1400"), ("cx", "960"), ("cy", "540"), ("k1", "-0.3")]),
            (
                "apriltag, three families, max_hamming=2", "apriltag",
                [("family", "tag36h11,tag25h9,tag16h5"), ("max_hamming", "2")]
            ),
        ] as [(String, String, [(String, String)])] {
            let given = options.map { (name: $0.0, value: StageOptions.Given.text($0.1)) }
            let beside = try cost(stage, given, shares: true, frame)
            let alone = try cost(stage, given, shares: false, frame)
            Table.row(
                "\(name), time", Table.time(beside.time), Table.time(alone.time), Table.ratio(beside.time / alone.time))
            Table.row(
                "\(name), memory", "\(Table.number(beside.bytes / 1e6, 1)) MB",
                "\(Table.number(alone.bytes / 1e6, 1)) MB", Table.ratio(beside.bytes / alone.bytes))
        }
    }

    private static func cost(
        _ name: String, _ options: [(name: String, value: StageOptions.Given)], shares: Bool, _ frame: Frame
    ) throws -> (time: Double, bytes: Double) {
        let (memory, start) = (floor_allocated_bytes(), ProcessorTime.thread)
        var stages = [try PixelBenchmark.make(name, options)]
        for _ in 1..<workers {
            stages.append(
                shares ? try beside(stages[0], name, options) : try PixelBenchmark.make(name, options))
        }
        for index in stages.indices { _ = try stages[index].process(frame) }
        return withExtendedLifetime(stages) {
            (Double(ProcessorTime.thread - start), Double(floor_allocated_bytes() - memory))
        }
    }

    private static func beside(
        _ first: some Stage, _ name: String, _ options: [(name: String, value: StageOptions.Given)]
    ) throws -> any Stage {
        try type(of: first).init(
            beside: first, options: StageOptions(checking: options, against: type(of: first).description))
    }
}
