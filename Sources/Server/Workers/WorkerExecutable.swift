import Foundation
import SystemPackage

/// Where `streamtap-worker` is, and what one worker may use.
package struct WorkerExecutable: Sendable, Hashable {
    /// Of a program that ends in `WorkerProgram.main`.
    package var path: String
    /// RLIMIT_DATA of each worker, bytes.
    package var memoryLimit: Int
    /// RLIMIT_NOFILE of each worker.
    package var descriptorLimit: Int

    /// As its verbs take them.
    var limits: [String] {
        ["--memory-limit", "\(memoryLimit)", "--descriptor-limit", "\(descriptorLimit)"]
    }

    /// Room for decoding and encoding several 4K streams, and an end to a camera that makes a parser hoard.
    package static let defaultMemoryLimit = 1 << 30
    /// More than a plan of many sources opens, and an end to an element that leaks descriptors.
    package static let defaultDescriptorLimit = 512

    /// A worker at a path that is not looked at before the first is started.
    package init(
        path: String, memoryLimit: Int = defaultMemoryLimit, descriptorLimit: Int = defaultDescriptorLimit
    ) {
        self.path = path
        self.memoryLimit = memoryLimit
        self.descriptorLimit = descriptorLimit
    }

    /// The worker at `path`, else the one that STREAMTAP_WORKER names, else the one beside the running executable.
    ///
    /// Any program will do that ends in `WorkerProgram.main`: one with vision stages of its own is such a one.
    ///
    /// - Parameter path: as the person who starts the server has given it; nil where nothing is given.
    /// - Throws: `ServiceError` `worker_missing`, when there is none that can be run.
    package static func located(at path: String? = nil) throws(ServiceError) -> WorkerExecutable {
        if let path {
            guard isProgram(path) else {
                throw .missingWorker("there is no worker at \(path) that can be run")
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
        let beside = FilePath(runningExecutable).removingLastComponent().appending("streamtap-worker").string
        guard isProgram(beside) else {
            throw .missingWorker("\(beside) cannot be run; STREAMTAP_WORKER may name another streamtap-worker")
        }
        return WorkerExecutable(path: beside)
    }

    /// Directories may be "executed" as well, and are no programs.
    private static func isProgram(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory
            && FileManager.default.isExecutableFile(atPath: path)
    }

    /// The link in /proc is right even where `argv[0]` is a bare name or a symlink.
    private static var runningExecutable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first
            ?? ""
    }
}

extension ServiceError {
    static func missingWorker(_ message: String) -> Self {
        Self(.workerMissing, message)
    }
}
