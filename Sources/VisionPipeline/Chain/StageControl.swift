internal import Plans
internal import Synchronization
internal import WorkerLink

/// One stage of a plan, seen from outside of its chain: how it works, and how that is changed while it runs.
final class StageControl: Sendable {
    /// Node id.
    let id: String
    let times = StageTimes()
    /// One for each of the stage's workers.
    private let mailboxes: [StageMailbox]
    private let maker: StageMaker
    private let current: Mutex<CompiledStage>

    init(_ maker: StageMaker, _ made: StageMaker.Made, changes: [String: ParameterValue]) {
        id = maker.node.id
        mailboxes = made.stages.map { _ in StageMailbox() }
        self.maker = maker
        current = Mutex(
            CompiledStage(
                id: id, stage: maker.type.description.name, options: made.options.values, changes: changes))
    }

    /// How it works now.
    var compiled: CompiledStage { current.withLock { $0 } }

    var progress: StageProgress { times.progress(name: id, stage: maker.type.description.name) }

    /// - Parameter stages: as they were made; nobody else uses them.
    func slots(_ stages: [any Stage]) -> [StageSlot] {
        zip(stages, mailboxes).map { StageSlot($0, $1) }
    }

    /// Makes the stage anew and leaves it for the chain, which goes on with the old one until then.
    ///
    /// Takes as long as making the stage does. One call at a time.
    /// - Parameter options: nil: what the plan says, again.
    func change(_ options: [String: ParameterValue?]) -> StageAnswer.Outcome {
        var compiled = compiled
        for (name, value) in options { compiled.changes[name] = value }
        do throws(StageMaker.Failure) {
            let made = try maker.make(changes: compiled.changes, former: StageOptions(compiled.options))
            compiled.options = made.options.values
            for (mailbox, stage) in zip(mailboxes, made.stages) { mailbox.put(stage) }
            current.withLock { [compiled] in $0 = compiled }
            return .changed(compiled)
        } catch {
            return .refused(error.diagnostics)
        }
    }
}
