import Logging
import NIOCore
import Plans
import WorkerLink

/// Every instance of this server: creates, replaces, lists, deletes and supervises them.
package actor InstanceManager {
    /// An instance and the task that it lives in; the task ends when the instance is gone from `slots`.
    struct Slot {
        var instance: Instance
        var life: Task<Void, Never>
        /// Of the wish that it was made for.
        var number: UInt64
    }

    /// How long `create` waits for the worker's verdict on the plan.
    static let compileDeadline: TimeAmount = .seconds(2)

    var resolver: RequestResolver
    private let registry: StreamTapRegistry
    private var executable: WorkerExecutable
    let inspector: PlanInspector
    var highestCount: Int
    let memory: ServerMemory
    /// Of this machine.
    let devices: DeviceCatalog
    private let eventLoopGroup: any EventLoopGroup
    private let events: StateEvents
    let logger: Logger

    var slots: [String: Slot] = [:]
    /// What each instance is to be; nothing of one that somebody has deleted, while it stops.
    var wanted: [String: WantedInstance] = [:]
    /// How often somebody has wanted something.
    var wishes: UInt64 = 0
    /// Taps of an instance that was stopped to be replaced, until its successor takes them.
    private var keptTaps: [String: InstanceTaps] = [:]
    private var isShuttingDown = false
    /// Those of a server before this one that wait for their turn.
    var remembered: [Instance] = []

    /// - Parameter stages: names of the vision stages.
    init(
        plans: PlanLibrary, registry: StreamTapRegistry, executable: WorkerExecutable, inspector: PlanInspector,
        stages: Set<String> = [], policy: InstancePolicy = InstancePolicy(), memory: ServerMemory = .ephemeral(),
        devices: DeviceCatalog = DeviceCatalog(), eventLoopGroup: any EventLoopGroup,
        events: StateEvents = StateEvents(), logger: Logger
    ) {
        self.resolver = RequestResolver(plans: plans, policy: policy, stages: stages)
        self.registry = registry
        self.executable = executable
        self.inspector = inspector
        self.highestCount = policy.highestCount
        self.memory = memory
        self.devices = devices
        self.eventLoopGroup = eventLoopGroup
        self.events = events
        self.logger = logger
    }

    /// Creates and starts an instance; returns after the worker has compiled the plan (or 2 s).
    ///
    /// - Parameter origin: who asks, which decides what may be asked for, and whether it is remembered: what comes over the API.
    /// - Throws: `ServiceError` `plan_unknown`, `instance_exists`, `plan_invalid` with every diagnostic, `state_full`,
    ///   `state_unavailable`, or a limit.
    package func create(
        _ request: InstanceRequest, from origin: RequestOrigin = .api
    ) async throws(ServiceError) -> InstanceSnapshot {
        if let id = request.id {
            guard PlanName.isValid(id) else { throw .invalidName(id) }
            guard slots[id] == nil, wanted[id] == nil else { throw .instanceExists(id) }
        }
        let specification = try resolver.resolve(request, from: origin)
        return try await startNew(
            specification, id: request.id ?? freeID(for: specification.plan), request, from: origin)
    }

    private func resolve(
        _ request: InstanceRequest, from origin: RequestOrigin
    ) throws(ServiceError) -> InstanceSpecification {
        if case .declared(let declared) = origin { return try resolver.resolve(declared).specification }
        return try resolver.resolve(request, from: origin)
    }

    /// It is kept when a worker has taken it: nobody has been told of it before.
    private func startNew(
        _ specification: InstanceSpecification, id: String, _ request: InstanceRequest, from origin: RequestOrigin
    ) async throws(ServiceError) -> InstanceSnapshot {
        guard slots[id] == nil, wanted[id] == nil else { throw .instanceExists(id) }
        guard slots.count < highestCount else { throw .tooManyInstances(highestCount) }
        if let shortage = HostRoom().shortage { throw .hostExhausted(shortage) }
        let history = InstanceHistory()
        let record = RememberedInstance(id: id, specification, request, created: history.created)
        let number = want(WantedInstance(record, from: origin))
        let instance = try start(specification, id: id, number, history)
        do throws(ServiceError) {
            try await confirm(instance)
            try await keep(id, number)
        } catch {
            if isWanted(id, number) { wanted[id] = nil }
            await instance.stop()
            await slots[id]?.life.value
            throw error
        }
        note(.created, id, from: origin)
        return await instance.snapshot
    }

    /// What became of a PUT.
    struct Replacement: Sendable {
        var instance: InstanceSnapshot
        /// There was none of this name.
        var isNew = false
    }

    /// Makes instance `id` be what `request` says: equal changes nothing, but starts one that has completed or failed;
    /// different restarts; stopping is waited for.
    ///
    /// A request that is refused leaves a running instance as it is.
    /// - Throws: `ServiceError` as `create`, with `instance_declared` instead of `instance_exists`.
    func replace(
        _ id: String, with request: InstanceRequest, from origin: RequestOrigin = .api
    ) async throws(ServiceError) -> Replacement {
        guard PlanName.isValid(id) else { throw .invalidName(id) }
        guard request.id == nil || request.id == id else {
            throw .invalidRequest("the address says '\(id)' and the body says another id")
        }
        let specification = try resolve(request, from: origin)
        var isChecked = false
        while slots[id] != nil || wanted[id] != nil {
            guard !isShuttingDown else { throw .shuttingDown }
            if origin == .api, wanted[id]?.isDeclared == true { throw .declaredInstance(id) }
            guard let slot = slots[id], let wish = wanted[id] else {
                try await settled(id)
                continue
            }
            let state = await slot.instance.lifecycle.state
            if state == .stopping {
                await slot.life.value
            } else if slot.instance.specification == specification {
                if !state.isAlive { return Replacement(instance: try await startAgain(slot, specification, wish)) }
                // Whoever has made it may still wait for the disk.
                if !wish.isKept { try await keep(id, wish.number) }
                return Replacement(instance: await slot.instance.snapshot)
            } else if !isChecked {
                try await check(specification)
                isChecked = true
            } else if slots[id]?.instance === slot.instance, isWanted(id, wish.number) {
                return Replacement(instance: try await replace(slot, wish, with: specification, request, from: origin))
            }
        }
        return Replacement(instance: try await startNew(specification, id: id, request, from: origin), isNew: true)
    }

    /// Workers started from now on cannot connect there; those of remembered instances are.
    func serves(onPorts ports: [Int]) {
        executable.apiPorts = ports
        beginRemembered(executable)
    }

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

    /// Forgets the instance and begins to stop; it is gone once its worker is.
    ///
    /// - Throws: `ServiceError` `instance_unknown`, `instance_declared`, `state_full`, `state_unavailable`.
    package func delete(_ id: String) async throws(ServiceError) -> InstanceSnapshot {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        if wanted[id]?.isDeclared == true { throw .declaredInstance(id) }
        try await forget(slot.instance)
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
    ///
    /// - Parameter number: of the wish, which is taken back where nothing can be started.
    func start(
        _ specification: InstanceSpecification, id: String, _ number: UInt64, _ history: InstanceHistory
    ) throws(ServiceError) -> Instance {
        guard !isShuttingDown else {
            wanted[id] = nil
            throw .shuttingDown
        }
        let taps = keptTaps.removeValue(forKey: id) ?? InstanceTaps(instance: id, registry: registry, events: events)
        taps.adopt(specification.taps)
        taps.adopt(isOnDemand: specification.isOnDemand)
        let instance = Instance(
            id: id, specification: specification, taps: taps,
            executable: executable, eventLoop: eventLoopGroup.next(), stateEvents: events, devices: devices,
            log: memory.log,
            isDeclared: wanted[id]?.isDeclared == true, history: history,
            completed: { Task { await self.completed(id, number) } }, logger: logger)
        let life = Task {
            await instance.run()
            gone(instance, keepsTaps: await instance.keepsTaps)
        }
        slots[id] = Slot(instance: instance, life: life, number: number)
        events.touch(id, isUrgent: true)
        return instance
    }

    private func gone(_ instance: Instance, keepsTaps: Bool) {
        slots[instance.id] = nil
        if keepsTaps { keptTaps[instance.id] = instance.taps }
        events.touch(instance.id, isUrgent: true)
    }

    /// Ends what was kept for a successor that never came; a successor has taken it before this.
    func abandonTaps(of id: String) {
        guard slots[id] == nil, wanted[id] == nil, let taps = keptTaps.removeValue(forKey: id) else { return }
        taps.end(.stopRequested)
        taps.unregister()
        events.touch(id, isUrgent: true)
    }

    /// Waits for the worker's verdict.
    private func confirm(_ instance: Instance) async throws(ServiceError) {
        guard case .invalid(let diagnostics) = await instance.compileOutcome(within: Self.compileDeadline) else {
            return
        }
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
