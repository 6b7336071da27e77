internal import Glibc

/// What a worker allows itself, so that a hostile camera cannot take the machine.
struct WorkerLimits: Hashable {
    /// RLIMIT_DATA, bytes; nil leaves it as it is. Not RLIMIT_AS: a healthy worker maps a gigabyte and uses little.
    var memory: UInt?
    /// RLIMIT_NOFILE.
    var descriptors: UInt?
    /// Files, programs and system calls that no plan needs are given up.
    var isSandboxed = true
    /// Where the server listens, so that its worker cannot.
    var apiPorts: Set<UInt16> = []

    init() {}

    /// Nil for arguments that cannot be understood.
    init?(_ arguments: some Sequence<String>) {
        var iterator = arguments.makeIterator()
        while let name = iterator.next() {
            guard let text = iterator.next() else { return nil }
            switch (name, UInt(text)) {
            case ("--memory-limit", let value?) where value > 0: memory = value
            case ("--descriptor-limit", let value?) where value > 0: descriptors = value
            case ("--api-port", let value?) where value <= UInt16.max: apiPorts.insert(UInt16(value))
            case ("--sandbox", nil) where text == "on" || text == "off": isSandboxed = text == "on"
            default: return nil
            }
        }
    }

    func apply() {
        Sandbox.begin()
        if let memory { Self.set(RLIMIT_DATA, memory) }
        // A core would hold the camera's pictures and password.
        Self.set(RLIMIT_CORE, 0)
        if let descriptors { Self.set(RLIMIT_NOFILE, descriptors) }
    }

    /// Soft and hard, and never above what is allowed already.
    private static func set(_ resource: __rlimit_resource, _ value: UInt) {
        let number = __rlimit_resource_t(resource.rawValue)
        var limit = rlimit()
        guard getrlimit(number, &limit) == 0 else { return }
        let wanted = min(rlim_t(value), limit.rlim_max)
        limit = rlimit(rlim_cur: wanted, rlim_max: wanted)
        if setrlimit(number, &limit) != 0 { Log.write("a resource limit could not be set: \(errno)") }
    }
}
