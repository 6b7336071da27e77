import Logging
import NIOCore
import Plans
import WorkerLink

/// Instances that the operator's configuration declares: started with the server, kept as it says, and out of the API's reach.
extension InstanceManager {
    /// What became of one that is declared, when the configuration was read again.
    package enum Reconciled: Sendable, Hashable {
        case started
        case restarted
        case unchanged
        /// It is no longer declared.
        case stopped
        /// It runs as it did, since what is declared now cannot be made; why.
        case kept(String)
        /// It does not run, and why.
        case failed(String)
    }

    /// Makes the declared instances before there is a port; `beginRemembered` starts their workers. To be called behind `restore`.
    ///
    /// One that cannot be made is `failed`, and says why. What the API has made stays.
    func declare(_ instances: [DeclaredInstance]) {
        for declared in instances {
            guard wanted[declared.id] == nil else {
                logger.error("\(Self.conflict(declared))")
                continue
            }
            do throws(ServiceError) {
                let (request, specification) = try resolver.resolve(declared)
                let history = InstanceHistory(waits: true)
                let number = want(
                    WantedInstance(
                        RememberedInstance(id: declared.id, specification, request, created: history.created),
                        from: .declared(declared)))
                remembered.append(try start(specification, id: declared.id, number, history))
            } catch {
                logger.error("\(Self.words(error, declared))")
                makeFailed(declared, error)
            }
        }
    }

    /// What a reload has changed, for what is asked for from now on.
    func allow(instances: Int, cameras: AddressPolicy) {
        highestCount = instances
        resolver.policy.highestCount = instances
        resolver.policy.cameras = cameras
    }

    /// Makes the declared instances be these: others stop, new ones start, and those that are as they were notice nothing.
    ///
    /// Calls wait for each other by themselves; whoever calls has to see to it that they come one after the other.
    /// - Returns: what became of each, by id.
    package func reconcile(_ instances: [DeclaredInstance]) async -> [String: Reconciled] {
        var outcomes: [String: Reconciled] = [:]
        let declared = Dictionary(instances.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for (id, wish) in wanted where wish.isDeclared && declared[id] == nil {
            outcomes[id] = .stopped
        }
        // What they hold, a camera for example, may be another's now.
        let stopping = outcomes.keys.compactMap { slots[$0] }
        for slot in stopping {
            wanted[slot.instance.id] = nil
            note(.deleted, slot.instance.id)
            await slot.instance.stop()
        }
        for slot in stopping { await slot.life.value }
        await withTaskGroup(of: (String, Reconciled).self) { group in
            for (place, instance) in declared.values.sorted(by: { $0.id < $1.id }).enumerated() {
                if place >= max(2, System.coreCount), let (id, outcome) = await group.next() { outcomes[id] = outcome }
                group.addTask { (instance.id, await self.reconcile(instance)) }
            }
            for await (id, outcome) in group { outcomes[id] = outcome }
        }
        return outcomes
    }

    private func reconcile(_ declared: DeclaredInstance) async -> Reconciled {
        let id = declared.id
        if let wish = wanted[id], !wish.isDeclared { return .failed(Self.conflict(declared)) }
        // One of the API's that was just deleted.
        if wanted[id] == nil, let slot = slots[id] { await slot.life.value }
        do throws(ServiceError) {
            let (request, specification) = try resolver.resolve(declared)
            if let slot = slots[id], let wish = wanted[id], wish.isDeclared,
                slot.instance.specification == specification
            {
                wanted[id]?.origin = .declared(declared)
                guard await slot.instance.lifecycle.state == .failed else { return .unchanged }
            }
            let outcome = try await replace(id, with: request, from: .declared(declared))
            return outcome.isNew ? .started : .restarted
        } catch {
            let words = Self.words(error, declared)
            if let slot = slots[id] {
                return await slot.instance.lifecycle.state == .failed ? .failed(words) : .kept(words)
            }
            makeFailed(declared, error)
            return .failed(words)
        }
    }

    /// There is nothing to run, but people see it, and why.
    private func makeFailed(_ declared: DeclaredInstance, _ error: ServiceError) {
        guard slots[declared.id] == nil, wanted[declared.id] == nil else { return }
        let words = error.details.first { $0.severity == .error }?.message ?? error.message
        var history = InstanceHistory()
        history.rest = InstanceRest(
            state: .failed, reason: .planInvalid, message: words, since: MonotonicClock.now())
        let specification = resolver.unsound(declared)
        let request = InstanceRequest(plan: declared.plan, secrets: declared.secrets)
        let number = want(
            WantedInstance(
                RememberedInstance(id: declared.id, specification, request, created: history.created),
                from: .declared(declared)))
        _ = try? start(specification, id: declared.id, number, history)
    }

    private static func conflict(_ declared: DeclaredInstance) -> String {
        "\(declared.place): instance '\(declared.id)' is not started: one of this name was made over the API; "
            + "delete that, and reload"
    }

    private static func words(_ error: ServiceError, _ declared: DeclaredInstance) -> String {
        let details = error.details.filter { $0.severity == .error }.map(\.message)
        return "\(declared.place): instance '\(declared.id)': "
            + (details.isEmpty ? error.message : details.joined(separator: "; "))
    }
}
