import Logging
import NIOCore
import Plans
import WorkerLink

/// Every instance of this server: creates, replaces, lists, deletes and supervises them.
package actor InstanceManager {
    /// An instance and the task that it lives in; the task ends when the instance is gone from `slots`.
    private struct Slot {
        var instance: Instance
        var life: Task<Void, Never>
    }

    /// How long `create` waits for the worker's verdict on the plan.
    static let compileDeadline: TimeAmount = .seconds(2)

    private let resolver: RequestResolver
    private let registry: StreamTapRegistry
    private var executable: WorkerExecutable
    private let inspector: PlanInspector
    private let highestCount: Int
    private let eventLoopGroup: any EventLoopGroup
    private let events: StateEvents
    private let logger: Logger

    private var slots: [String: Slot] = [:]
    /// Taps of an instance that was stopped to be replaced, until its successor takes them.
    private var keptTaps: [String: InstanceTaps] = [:]
    private var isShuttingDown = false

    /// - Parameter stages: names of the vision stages.
    init(
        plans: PlanLibrary, registry: StreamTapRegistry, executable: WorkerExecutable, inspector: PlanInspector,
        stages: Set<String> = [], policy: InstancePolicy = InstancePolicy(), eventLoopGroup: any EventLoopGroup,
        events: StateEvents = StateEvents(), logger: Logger
    ) {
        self.resolver = RequestResolver(plans: plans, policy: policy, stages: stages)
        self.registry = registry
        self.executable = executable
        self.inspector = inspector
        self.highestCount = policy.highestCount
        self.eventLoopGroup = eventLoopGroup
        self.events = events
        self.logger = logger
    }

    /// Creates and starts an instance; returns after the worker has compiled the plan (or 2 s).
    ///
    /// - Parameter origin: who asks, which decides what may be asked for.
    /// - Throws: `ServiceError` `plan_unknown`, `instance_exists`, `plan_invalid` with every diagnostic, or a limit.
    package func create(
        _ request: InstanceRequest, from origin: RequestOrigin = .api
    ) async throws(ServiceError) -> InstanceSnapshot {
        if let id = request.id {
            guard PlanName.isValid(id) else { throw .invalidName(id) }
            guard slots[id] == nil else { throw .instanceExists(id) }
        }
        let specification = try resolver.resolve(request, from: origin)
        let instance = try start(specification, id: request.id ?? freeID(for: specification.plan))
        try await confirm(instance)
        return await instance.snapshot
    }

    /// Makes instance `id` be what `request` says: equal changes nothing, different restarts, stopping is waited for.
    ///
    /// A request that is refused leaves a running instance as it is.
    /// - Throws: `ServiceError` as `create`, without `instance_exists`.
    func replace(
        _ id: String, with request: InstanceRequest, from origin: RequestOrigin = .api
    ) async throws(ServiceError) -> InstanceSnapshot {
        guard PlanName.isValid(id) else { throw .invalidName(id) }
        guard request.id == nil || request.id == id else {
            throw .invalidRequest("the address says '\(id)' and the body says another id")
        }
        let specification = try resolver.resolve(request, from: origin)
        var isChecked = false
        while let slot = slots[id] {
            if await slot.instance.lifecycle.state == .stopping {
                await slot.life.value
            } else if slot.instance.specification == specification {
                return await slot.instance.snapshot
            } else if !isChecked {
                try await check(specification)
                isChecked = true
            } else {
                await slot.instance.stop(keepingTaps: true)
            }
        }
        defer { abandonTaps(of: id) }
        let instance = try start(specification, id: id)
        try await confirm(instance)
        return await instance.snapshot
    }

    /// Workers started from now on cannot connect there.
    func serves(onPort port: Int) { executable.apiPort = port }

    /// In the order of their ids.
    package func instances() async -> [InstanceSnapshot] {
        var snapshots: [InstanceSnapshot] = []
        for (_, slot) in slots.sorted(by: { $0.key < $1.key }) {
            snapshots.append(await slot.instance.snapshot)
        }
        return snapshots
    }

    /// By instance.
    func workerNumbers() async -> [String: WorkerNumbers] {
        var numbers: [String: WorkerNumbers] = [:]
        for (id, slot) in slots { numbers[id] = await slot.instance.workerNumbers }
        return numbers
    }

    /// - Throws: `ServiceError` `instance_unknown`.
    package func instance(_ id: String) async throws(ServiceError) -> InstanceSnapshot {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        return await slot.instance.snapshot
    }

    /// Whether there is an instance of this name.
    enum Presence: Sendable {
        case here(InstanceSnapshot)
        /// One was stopped, and another follows.
        case replaced
        case gone
    }

    func presence(of id: String) async -> Presence {
        guard let slot = slots[id] else { return keptTaps[id] == nil ? .gone : .replaced }
        return .here(await slot.instance.snapshot)
    }

    /// Gives a stage other options, while it runs and for every worker that follows.
    ///
    /// - Parameter options: nil: what the plan says, again; what is not named stays as it is.
    /// - Throws: `ServiceError` `instance_unknown`, `options_invalid` with the words of the linter, and as `Instance.change`.
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
                if await slot.instance.keep(changes[stage] ?? [:], of: stage) { return await slot.instance.snapshot }
            }
        }
        throw .unknownInstance(id)
    }

    /// The graph of the plan that an instance runs, whatever has become of the plan's file.
    ///
    /// - Throws: `ServiceError` `instance_unknown`.
    func graph(of id: String) throws(ServiceError) -> PlanDescription {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        return slot.instance.specification.graph
    }

    /// Process id of an instance's worker, while it has one that has said hello.
    func workerPID(of id: String) async -> Int32? {
        await slots[id]?.instance.workerPID
    }

    /// Begins to stop; the instance is gone once its worker is.
    ///
    /// - Throws: `ServiceError` `instance_unknown`.
    package func delete(_ id: String) async throws(ServiceError) -> InstanceSnapshot {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        await slot.instance.stop()
        return await slot.instance.snapshot
    }

    /// Ends all workers in parallel: `stop` at once, SIGTERM at 2 s, SIGKILL at 2.5 s.
    package func shutdown() async {
        isShuttingDown = true
        let ending = Array(slots.values)
        for slot in ending { await slot.instance.stop(hurried: true) }
        for slot in ending { await slot.life.value }
    }

    // MARK: Making instances

    /// The plan's name, else the first free of NAME-2, NAME-3 …
    private func freeID(for plan: String) -> String {
        let base = PlanName.isValid(plan) ? plan : "plan"
        guard slots[base] != nil else { return base }
        var number = 2
        // Room for the number within the longest name.
        while slots["\(base.prefix(58))-\(number)"] != nil { number += 1 }
        return "\(base.prefix(58))-\(number)"
    }

    /// Takes the id and sets the instance going; not a moment passes in between.
    private func start(_ specification: InstanceSpecification, id: String) throws(ServiceError) -> Instance {
        guard !isShuttingDown else { throw .shuttingDown }
        guard slots[id] == nil else { throw .instanceExists(id) }
        guard slots.count < highestCount else { throw .tooManyInstances(highestCount) }
        if let shortage = HostRoom().shortage { throw .hostExhausted(shortage) }
        let taps = keptTaps.removeValue(forKey: id) ?? InstanceTaps(instance: id, registry: registry, events: events)
        taps.adopt(specification.taps)
        let instance = Instance(
            id: id, specification: specification, taps: taps,
            executable: executable, eventLoop: eventLoopGroup.next(), stateEvents: events,
            logger: logger)
        let life = Task {
            await instance.run()
            gone(instance, keepsTaps: await instance.keepsTaps)
        }
        slots[id] = Slot(instance: instance, life: life)
        events.touch(id, isUrgent: true)
        return instance
    }

    private func gone(_ instance: Instance, keepsTaps: Bool) {
        slots[instance.id] = nil
        if keepsTaps { keptTaps[instance.id] = instance.taps }
        events.touch(instance.id, isUrgent: true)
    }

    /// Ends what was kept for a successor that never came; a successor has taken it before this.
    private func abandonTaps(of id: String) {
        guard slots[id] == nil, let taps = keptTaps.removeValue(forKey: id) else { return }
        taps.end(.stopRequested)
        taps.unregister()
        events.touch(id, isUrgent: true)
    }

    /// Waits for the worker's verdict; an instance whose plan is wrong leaves nothing behind.
    private func confirm(_ instance: Instance) async throws(ServiceError) {
        guard case .invalid(let diagnostics) = await instance.compileOutcome(within: Self.compileDeadline) else {
            return
        }
        await instance.stop()
        await slots[instance.id]?.life.value
        throw .invalidPlan(diagnostics)
    }

    /// Asks a worker about the plan before the instance that runs is given up for it.
    private func check(_ specification: InstanceSpecification) async throws(ServiceError) {
        let diagnostics = try await inspector.check(
            specification.text, parameters: specification.parameters, isUntrusted: specification.isUntrusted)
        guard diagnostics.contains(where: { $0.severity == .error }) else { return }
        throw .invalidPlan(specification.redaction.apply(to: diagnostics))
    }
}
