import Logging
import NIOCore
import Plans
import WorkerLink

/// Instances that start again: as they are, as something else, or after a restart of the server.
extension InstanceManager {
    /// Starts an instance again, also one that has completed or failed, and whatever secrets are now called what they were.
    ///
    /// - Throws: `ServiceError` `instance_unknown`, `instance_not_running` of one that is stopping, `plan_invalid` when it
    ///   would not be let in any more, `state_full`, `state_unavailable`. Then it is as it was.
    package func restart(_ id: String) async throws(ServiceError) -> InstanceSnapshot {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        guard let wish = wanted[id] else { throw .instanceEnding(id) }
        let specification = try resolve(wish)
        return try await startAgain(slot, specification, wish)
    }

    private func resolve(_ wish: WantedInstance) throws(ServiceError) -> InstanceSpecification {
        if case .declared(let declared) = wish.origin { return try resolver.resolve(declared).specification }
        return try resolver.resolve(wish.request, from: wish.origin, remembered: wish.record.text)
    }

    /// With what was changed at its stages.
    func startAgain(
        _ slot: Slot, _ specification: InstanceSpecification, _ before: WantedInstance
    ) async throws(ServiceError) -> InstanceSnapshot {
        var wish = before
        wish.record.completed = nil
        let history = InstanceHistory(
            created: CaptureTime.monotonic(unixMicroseconds: wish.record.created), options: wish.record.options,
            controls: wish.record.controls)
        let instance = try await exchange(slot, before, for: wish, specification, history)
        note(.restarted, instance.id)
        _ = await instance.compileOutcome(within: Self.compileDeadline)
        return await instance.snapshot
    }

    /// With another plan, or other parameters. A worker has said that they can be.
    func replace(
        _ slot: Slot, _ before: WantedInstance, with specification: InstanceSpecification, _ request: InstanceRequest,
        from origin: RequestOrigin
    ) async throws(ServiceError) -> InstanceSnapshot {
        let history = InstanceHistory()
        let record = RememberedInstance(id: slot.instance.id, specification, request, created: history.created)
        let instance = try await exchange(
            slot, before, for: WantedInstance(record, from: origin), specification, history)
        if case .invalid(let diagnostics) = await instance.compileOutcome(within: Self.compileDeadline) {
            // It was none a moment ago.
            try await forget(instance)
            await instance.stop()
            await slots[instance.id]?.life.value
            throw .invalidPlan(diagnostics)
        }
        note(.replaced, instance.id, from: origin)
        return await instance.snapshot
    }

    /// Ends one instance and starts another in its place, for the same viewers. What cannot be kept changes nothing.
    private func exchange(
        _ slot: Slot, _ before: WantedInstance, for wish: WantedInstance, _ specification: InstanceSpecification,
        _ history: InstanceHistory
    ) async throws(ServiceError) -> Instance {
        let id = slot.instance.id
        let number = want(wish)
        do throws(ServiceError) {
            try await keep(id, number)
        } catch {
            if isWanted(id, number) { wanted[id] = before }
            throw error
        }
        await slot.instance.stop(keepingTaps: true)
        await slot.life.value
        defer { abandonTaps(of: id) }
        // Somebody may have wanted something else meanwhile: another instance, or none.
        guard isWanted(id, number) else { throw .overtaken(id) }
        return try start(specification, id: id, number, history)
    }

    // MARK: After a restart of the server

    /// Makes the instances that there were. They are all there when it returns; `beginRemembered` starts their workers.
    ///
    /// One that would not be let in any more is `failed`, and says why.
    func restore() {
        var waiting: [Instance] = []
        for record in memory.store?.remembered ?? [] {
            let wish = WantedInstance(record, from: .api)
            let created = CaptureTime.monotonic(unixMicroseconds: record.created)
            var history = InstanceHistory(
                created: created, options: record.options, controls: record.controls, waits: true)
            let specification: InstanceSpecification
            do throws(ServiceError) {
                specification = try resolve(wish)
                history.rest = record.completed.map {
                    InstanceRest(
                        state: .completed, reason: .endOfStream, since: CaptureTime.monotonic(unixMicroseconds: $0))
                }
            } catch {
                let words = error.details.first { $0.severity == .error }?.message ?? error.message
                history.rest = InstanceRest(
                    state: .failed, reason: .planInvalid, message: words, since: MonotonicClock.now())
                specification = resolver.unsound(record)
            }
            let number = want(wish, isKept: true)
            guard let instance = try? start(specification, id: record.id, number, history) else { continue }
            if history.rest == nil { waiting.append(instance) }
        }
        remembered = waiting
    }

    /// Starts the workers of what was made by `restore`: as many at a time as there are cores, since more would keep each
    /// other from being in time.
    func beginRemembered(_ executable: WorkerExecutable) {
        let instances = remembered
        remembered = []
        guard !instances.isEmpty else { return }
        logger.info("\(instances.count) instances start")
        Task {
            await withTaskGroup(of: Void.self) { group in
                for (place, instance) in instances.enumerated() {
                    if place >= max(2, System.coreCount) { await group.next() }
                    group.addTask {
                        instance.begin(executable)
                        _ = await instance.compileOutcome(within: .seconds(5))
                    }
                }
            }
        }
    }
}
