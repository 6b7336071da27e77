import Foundation

/// Where `streamtap-worker` is, and what one worker may use.
package struct WorkerExecutable: Sendable, Hashable {
    /// Of a program that ends in `WorkerProgram.main`.
    package var path: String
    /// RLIMIT_DATA of each worker, bytes; nil: what its plan comes to.
    package var memoryLimit: Int?
    /// RLIMIT_NOFILE of each worker.
    package var descriptorLimit: Int
    /// Whether workers give up what their plans do not need.
    package var isSandboxed = true
    /// Where this server listens, once it does: its workers cannot connect there.
    var apiPorts: [Int] = []

    /// As its verbs take them.
    ///
    /// - Parameter memory: bytes, where the operator has not said otherwise.
    func limits(memory: Int = defaultMemoryLimit) -> [String] {
        ["--memory-limit", "\(memoryLimit ?? memory)", "--descriptor-limit", "\(descriptorLimit)"]
            + ["--sandbox", isSandboxed ? "on" : "off"] + apiPorts.flatMap { ["--api-port", "\($0)"] }
    }

    /// Of a worker that looks at a plan or makes one picture smaller.
    package static let defaultMemoryLimit = 1 << 30
    /// Less is not enough for GStreamer and its plugins.
    package static let leastMemoryLimit = 128 << 20
    /// More than a plan of many sources opens, and an end to an element that leaks descriptors.
    package static let defaultDescriptorLimit = 512

    /// A worker at a path that is not looked at before the first is started.
    package init(
        path: String, memoryLimit: Int? = nil, descriptorLimit: Int = defaultDescriptorLimit
    ) {
        self.path = path
        self.memoryLimit = memoryLimit
        self.descriptorLimit = descriptorLimit
    }

    /// The worker at `path`, else the one that STREAMTAP_WORKER names, else the one that is installed with the running executable:
    /// beside it, or in `../libexec/streamtap`.
    ///
    /// Any program will do that ends in `WorkerProgram.main`: one with vision stages of its own is such a one.
    ///
    /// - Parameter path: as the person who starts the server has given it; nil where nothing is given.
    /// - Throws: `ServiceError` `worker_missing`, when there is none that can be run.
    package static func located(at path: String? = nil) throws(ServiceError) -> WorkerExecutable {
        if let path {
            guard isProgram(path) else {
                throw .missingWorker(
                    "there is no worker at \(path) that can be run; --worker or STREAMTAP_WORKER names one")
            }
            // Absolute: a bare name would be looked for in PATH.
            return WorkerExecutable(path: URL(fileURLWithPath: path).path)
        }
        if let named = ProcessInfo.processInfo.environment["STREAMTAP_WORKER"], !named.isEmpty {
            guard isProgram(named) else {
                throw .missingWorker("STREAMTAP_WORKER names \(named), which cannot be run")
            }
            return WorkerExecutable(path: named)
        }
        let places = Installation.workers()
        guard let found = places.first(where: isProgram) else {
            throw .missingWorker(
                "there is no worker that can be run at \(places.joined(separator: " or ")); STREAMTAP_WORKER may name another "
                    + "streamtap-worker")
        }
        return WorkerExecutable(path: found)
    }

    /// Directories may be "executed" as well, and are no programs.
    private static func isProgram(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory
            && FileManager.default.isExecutableFile(atPath: path)
    }
}

extension ServiceError {
    static func missingWorker(_ message: String) -> Self {
        Self(.workerMissing, message)
    }
}
