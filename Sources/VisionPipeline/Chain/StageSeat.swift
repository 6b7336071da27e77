/// A stage at work, and where its successor comes from. Confined to the thread that works there.
final class StageSeat {
    private var stage: any Stage
    private let handover: StageHandover

    init(_ stage: any Stage, _ handover: StageHandover) {
        self.stage = stage
        self.handover = handover
    }

    func process(_ frame: Frame) throws -> Frame? {
        if var next = handover.take() {
            next.succeed(stage)
            stage = next
        }
        return try stage.process(frame)
    }
}
