internal import Plans
internal import Synchronization
internal import WorkerLink

/// One stage of a plan, seen from outside of its chain: how it works, and how that is changed while it runs.
final class StageControl: Sendable {
    let id: String
    let handover = StageHandover()
    private let maker: StageMaker
    private let current: Mutex<CompiledStage>

    init(_ maker: StageMaker, options: StageOptions, changes: [String: ParameterValue]) {
        id = maker.node.id
        self.maker = maker
        current = Mutex(
            CompiledStage(
                id: id, stage: maker.type.description.name, options: options.values, changes: changes))
    }

    var compiled: CompiledStage { current.withLock { $0 } }

    /// Makes the stage anew and leaves it for the chain, which goes on with the old one until then.
    ///
    /// Takes as long as making the stage does. One call at a time.
    /// - Parameter options: nil: what the plan says, again.
    func change(_ options: [String: ParameterValue?]) -> StageAnswer.Outcome {
        var compiled = compiled
        for (name, value) in options { compiled.changes[name] = value }
        do throws(StageMaker.Failure) {
            let made = try maker.make(changes: compiled.changes)
            compiled.options = made.options.values
            handover.put(made.stage)
            current.withLock { [compiled] in $0 = compiled }
            return .changed(compiled)
        } catch {
            return .refused(error.diagnostics)
        }
    }
}
