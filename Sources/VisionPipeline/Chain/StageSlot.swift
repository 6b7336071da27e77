/// A stage at work, and where its successor comes from. Confined to the thread that works there.
final class StageSlot {
    private var stage: any Stage
    private let mailbox: StageMailbox

    init(_ stage: any Stage, _ mailbox: StageMailbox) {
        self.stage = stage
        self.mailbox = mailbox
    }

    func process(_ frame: Frame) throws -> Frame? {
        if var next = mailbox.take() {
            next.succeed(stage)
            stage = next
        }
        return try stage.process(frame)
    }
}
