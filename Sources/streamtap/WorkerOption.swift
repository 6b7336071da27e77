import ArgumentParser
import Foundation
import Server

/// Which worker runs plans, for every command that asks or starts one.
struct WorkerOption: ParsableArguments {
    @Option(name: .customLong("worker"), help: .key("worker.path"))
    var path: String?

    @Option(name: .customLong("worker-memory"), help: .key("worker.memory"))
    var memory: String?

    @Option(name: .customLong("worker-sandbox"), help: .key("worker.sandbox"))
    var sandbox: String?

    func validate() throws { try given.validate() }

    /// What was given, by the keys of the configuration.
    var given: [GivenOption] {
        [
            GivenOption("worker.path", path), GivenOption("worker.memory", memory),
            GivenOption("worker.sandbox", sandbox),
        ].compactMap(\.self)
    }

    /// The one that flags and the environment name.
    ///
    /// - Throws: `Complaint` when there is none that can be run.
    func executable() throws -> WorkerExecutable {
        let loaded = ConfigurationSources(options: given, environment: ProcessInfo.processInfo.environment).load()
        return try loaded.configuration.executable()
    }
}

extension ServerConfiguration {
    /// - Throws: `Complaint` when there is no worker that can be run.
    func executable() throws -> WorkerExecutable {
        do {
            return try worker()
        } catch {
            throw Complaint(error.message)
        }
    }
}
