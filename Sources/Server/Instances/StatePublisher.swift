import NIOCore
import NIOPosix
import ServiceLifecycle
import WorkerLink

/// Looks at what may be different while somebody watches, and publishes what is.
struct StatePublisher: Service {
    let events: StateEvents
    let manager: InstanceManager
    let registry: StreamTapRegistry
    let plans: PlanCatalog

    /// Runs until the server stops.
    func run() async {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        await withDiscardingTaskGroup { tasks in
            /// As published last, by instance; nil: nobody knows anything.
            var known: [String: InstanceView]?
            var knownSince: UInt64 = 0
            var timer: Scheduled<Void>?
            for await _ in events.wakes.cancelOnGracefulShutdown() {
                timer?.cancel()
                guard let (work, next, watch) = events.takeWork() else {
                    known = nil
                    continue
                }
                if watch != knownSince { (known, knownSince) = (nil, watch) }
                if work.plans { tasks.addTask { await lookAtPlans() } }
                for id in work.instances { await look(at: id, &known) }
                if let request = work.snapshot { await snapshot(answering: request, &known) }
                let wait = next == .max ? Int64.max / 2 : max(0, next.subtractingClamped(MonotonicClock.now()))
                timer = loop.scheduleTask(in: .nanoseconds(wait)) { [events] in events.wakeUp() }
            }
            timer?.cancel()
        }
    }

    private func look(at id: String, _ known: inout [String: InstanceView]?) async {
        // What is known of it comes with the first snapshot.
        guard known != nil else { return }
        switch await manager.presence(of: id) {
        case .here(let instance):
            let view = InstanceView(instance, registry)
            guard known?[id]?.isNews(view) ?? true else { return }
            known?[id] = view
            events.publish(.changed, of: id, members: view.members) { view.shown(to: $0)?.members }
        case .replaced:
            break
        case .gone:
            guard known?.removeValue(forKey: id) != nil else { return }
            let members = "\"id\":\(JSONText.encode(id))"
            events.publish(.removed, of: id, members: members) { $0.sees(instance: id) ? members : nil }
        }
    }

    private func snapshot(answering request: UInt64, _ known: inout [String: InstanceView]?) async {
        let views = await manager.instances().map { InstanceView($0, registry) }
        events.publishSnapshot(members: Self.members(of: views), answering: request) { rights in
            Self.members(of: views.compactMap { $0.shown(to: rights) })
        }
        // Those who watch already have not been told what it holds.
        if known == nil { known = Dictionary(views.map { ($0.instance.id, $0) }, uniquingKeysWith: { $1 }) }
    }

    private static func members(of views: [InstanceView]) -> String {
        let taps = Dictionary(views.map { ($0.instance.id, $0.taps) }, uniquingKeysWith: { $1 })
        return "\"instances\":\(JSONText.encode(views.map(\.instance))),\"taps\":\(JSONText.encode(taps))"
    }

    /// On a thread of its own: a disk that hangs shall hold up nothing else.
    private func lookAtPlans() async {
        let version = try? await NIOThreadPool.singleton.runIfActive { [plans] in try? plans.listing().version }
        events.plansAre(version ?? nil)
    }
}

/// What watchers know of an instance.
private struct InstanceView: Sendable {
    var instance: InstanceSnapshot
    var taps: [String: TapMetrics]

    init(_ instance: InstanceSnapshot, _ registry: StreamTapRegistry) {
        self.instance = instance
        taps = registry.feeds(instance: instance.id)?.mapValues(\.metrics) ?? [:]
    }

    /// Of a JSON object.
    var members: String { "\"instance\":\(JSONText.encode(instance)),\"taps\":\(JSONText.encode(taps))" }

    /// What of it somebody may see; nil: they may not know that it is there.
    func shown(to rights: Rights) -> InstanceView? {
        guard let instance = instance.shown(to: rights) else { return nil }
        var view = self
        view.instance = instance
        view.taps = taps.filter { rights.sees(instance: instance.id, tap: $0.key) }
        return view
    }

    /// Whether the later one differs in more than what grows by itself.
    func isNews(_ later: InstanceView) -> Bool {
        let (before, now) = (timeless, later.timeless)
        return before.instance != now.instance || before.taps != now.taps
    }

    private var timeless: InstanceView {
        var view = self
        view.instance.lastFrameAgeMs = nil
        for place in view.instance.sources.indices { view.instance.sources[place].lastFrameAgeMs = nil }
        for tap in view.taps.keys {
            view.taps[tap]?.lastFrameAgeMs = nil
            view.taps[tap]?.uptimeSeconds = 0
        }
        return view
    }
}

extension Int64 {
    fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : difference
    }
}
