import Plans
import WorkerLink

/// Options of stages that are changed while an instance runs, and kept with it.
extension InstanceManager {
    /// Gives a stage other options, while it runs and for every worker that follows.
    ///
    /// - Parameter options: nil: what the plan says, again; what is not named stays as it is.
    /// - Throws: `ServiceError` `instance_unknown`, `options_invalid` with the words of the linter, `state_full`,
    ///   `state_unavailable`, and as `Instance.change`.
    func change(
        _ stage: String, of id: String, options: [String: ParameterValue?]
    ) async throws(ServiceError) -> InstanceSnapshot {
        // As in plan text from the network: no option of a stage leads out of the plan.
        if let option = options.keys.sorted().first(where: { PropertyName($0).namesSomethingOutside }) {
            throw .optionNotAllowed(option)
        }
        while let slot = slots[id] {
            switch try await slot.instance.change(stage, options) {
            case .changed:
                try await keepChanges(of: slot.instance, stage, options)
                return await slot.instance.snapshot
            case .refused(let diagnostics):
                throw .invalidOptions(slot.instance.specification.redaction.apply(to: diagnostics))
            case .nobodyToAsk(let changes):
                let specification = slot.instance.specification
                let diagnostics = try await inspector.check(
                    specification.text, parameters: specification.parameters, stageOptions: changes,
                    isUntrusted: specification.isUntrusted)
                if diagnostics.contains(where: { $0.severity == .error }) {
                    throw .invalidOptions(specification.redaction.apply(to: diagnostics))
                }
                if await slot.instance.keep(changes[stage] ?? [:], of: stage) {
                    try await keepChanges(of: slot.instance, stage, options)
                    return await slot.instance.snapshot
                }
            }
        }
        throw .unknownInstance(id)
    }

    /// Keeps what was changed at the stages of an instance, or takes back what could not be kept.
    ///
    /// - Throws: `ServiceError` `state_full`, `state_unavailable`.
    private func keepChanges(
        of instance: Instance, _ stage: String, _ options: [String: ParameterValue?]
    ) async throws(ServiceError) {
        let id = instance.id
        let (changes, revision) = await instance.stageChanges
        guard var wish = wanted[id], let slot = slots[id], slot.instance === instance, slot.number == wish.number else {
            throw .overtaken(id)
        }
        let before = wish.record.options[stage] ?? [:]
        // Of two at a time, the later one's changes hold those of the other.
        if revision > wish.revision {
            wish.record.options = changes
            wish.revision = revision
            wanted[id] = wish
        }
        if wish.isRemembered, let store = memory.store {
            do throws(ServiceError) {
                try await store.make(.options(wish.record.options, of: id))
            } catch {
                let former = options.map { name, _ in (name, before[name]) }
                _ = try? await instance.change(stage, Dictionary(former, uniquingKeysWith: { $1 }))
                let (changes, revision) = await instance.stageChanges
                if slots[id]?.instance === instance, let wish = wanted[id], revision > wish.revision {
                    wanted[id]?.record.options = changes
                    wanted[id]?.revision = revision
                }
                throw error
            }
        }
        let names = options.keys.sorted().joined(separator: ", ")
        note(.changed, id, "\(stage): \(names)")
    }
}
