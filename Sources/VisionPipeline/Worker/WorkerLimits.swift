internal import Glibc

/// What a worker allows itself, so that a hostile camera cannot take the machine.
struct WorkerLimits: Hashable {
    /// RLIMIT_DATA, bytes; nil leaves it as it is. Not RLIMIT_AS: a healthy worker maps a gigabyte and uses little.
    var memory: UInt?
    /// RLIMIT_NOFILE.
    var descriptors: UInt?

    init() {}

    /// Nil for arguments that cannot be understood.
    init?(_ arguments: some Sequence<String>) {
        var iterator = arguments.makeIterator()
        while let name = iterator.next() {
            guard let text = iterator.next(), let value = UInt(text), value > 0 else { return nil }
            switch name {
            case "--memory-limit": memory = value
            case "--descriptor-limit": descriptors = value
            default: return nil
            }
        }
    }

    func apply() {
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
