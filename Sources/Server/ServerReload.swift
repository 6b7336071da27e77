import Logging

/// Makes a running server what its configuration says by now.
actor ServerReload {
    private let sources: ConfigurationSources
    private let parts: ServerParts
    private let hosts: HostRules
    private let log: LogOutput?
    private let logger: Logger
    /// Descriptors that this process may have.
    private let descriptors: Int
    /// Nil: it has not started this process, or does not ask.
    private let systemd: NotifySocket?
    /// What counts: of keys that wait for a restart what they were at the start.
    private var running: ServerConfiguration
    private var isReloading = false
    private var isWanted = false

    init(
        _ running: ServerConfiguration, sources: ConfigurationSources, parts: ServerParts, hosts: HostRules,
        descriptors: Int, systemd: NotifySocket? = nil, log: LogOutput?, logger: Logger
    ) {
        self.running = running
        self.sources = sources
        self.parts = parts
        self.hosts = hosts
        self.descriptors = descriptors
        self.systemd = systemd
        self.log = log
        self.logger = logger
    }

    /// Reads the configuration again. One that is asked for meanwhile follows; several are one.
    func reload() async {
        isWanted = true
        guard !isReloading else { return }
        isReloading = true
        systemd?.reloading()
        var isTaken = false
        while isWanted {
            isWanted = false
            isTaken = await reloadOnce()
        }
        isReloading = false
        await systemd?.ready(
            isTaken ? "the configuration was read again" : "the configuration has faults; it is as it was before")
    }

    /// - Returns: whether what was read counts now.
    private func reloadOnce() async -> Bool {
        let loaded = sources.load()
        for fault in loaded.faults {
            logger.log(level: fault.severity == .error ? .error : .warning, "\(fault)")
        }
        guard !loaded.faults.hasErrors else {
            logger.error("the configuration has faults, and nothing is changed")
            return false
        }
        let changed = ConfigurationKey.all.filter { $0.value(running) != $0.value(loaded.configuration) }
        for key in changed where key.isLive {
            if let value = key.value(loaded.configuration) { key.set(value, &running) }
        }
        await apply()
        let outcomes = await Initiator.$name.withValue(Initiator.configuration) {
            await parts.manager.reconcile(loaded.instances)
        }
        running.instances = loaded.instances
        tell(changed, outcomes)
        return true
    }

    private func apply() async {
        log?.level = running.logLevel
        hosts.change(allowed: running.allowedHosts, origins: running.allowedOrigins)
        parts.admission.limits = running.admission.fitting(descriptors: descriptors)
        parts.search.access.change(policy: running.cameras, credentials: running.cameraCredentials)
        await parts.manager.allow(instances: running.maxInstances, cameras: running.cameras)
    }

    private func tell(_ changed: [ConfigurationKey], _ outcomes: [String: InstanceManager.Reconciled]) {
        var words = changed.filter(\.isLive).map { "\($0.name) is \($0.value(running)?.words ?? "-")" }
        for (id, outcome) in outcomes.sorted(by: { $0.key < $1.key }) {
            switch outcome {
            case .started: words.append("instance \(id) started")
            case .restarted: words.append("instance \(id) restarted")
            case .stopped: words.append("instance \(id) stopped")
            case .unchanged: break
            case .kept(let why): logger.error("\(why); it goes on as it was")
            case .failed(let why): logger.error("\(why)")
            }
        }
        logger.notice(
            "the configuration was read again: \(words.isEmpty ? "nothing has changed" : words.joined(separator: "; "))"
        )
        let waiting = changed.filter { !$0.isLive }.map(\.name)
        guard !waiting.isEmpty else { return }
        logger.warning("a restart is needed for \(waiting.joined(separator: ", "))")
    }
}
