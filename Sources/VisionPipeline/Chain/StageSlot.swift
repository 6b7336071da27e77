internal import WorkerLink

/// A stage at work, and where its successor comes from. Confined to the thread that works there.
final class StageSlot {
    private var stage: any Stage
    private let mailbox: StageMailbox
    private let learns: Bool
    /// What a stage that learns found in the last whole frame.
    private var found: (detections: [Detection]?, width: Int, height: Int)?

    init(_ stage: any Stage, _ mailbox: StageMailbox) {
        self.stage = stage
        self.mailbox = mailbox
        learns = type(of: stage).description.learns
    }

    func process(_ frame: Frame) throws -> Frame? {
        if var next = mailbox.take() {
            next.succeed(stage)
            stage = next
        }
        guard learns else { return try stage.process(frame) }
        // A picture that a decoder made up has nothing to teach: nothing has moved, come or gone since the last whole one.
        if frame.isDamaged {
            guard let found, (found.width, found.height) == (frame.width, frame.height) else { return frame }
            return frame.with(detections: found.detections)
        }
        let result = try stage.process(frame)
        if let result { found = (result.detections, result.width, result.height) }
        return result
    }
}
