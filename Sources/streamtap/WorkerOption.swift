import ArgumentParser
import Server

/// Which worker runs plans, for every command that asks or starts one.
struct WorkerOption: ParsableArguments {
    @Option(
        name: .customLong("worker"),
        help: ArgumentHelp(
            "The worker to be used, one with vision stages of its own for example; otherwise the one that "
                + "STREAMTAP_WORKER names, otherwise streamtap-worker beside this program.", valueName: "path"))
    var path: String?

    /// - Throws: `Complaint` when there is none that can be run.
    func executable() throws -> WorkerExecutable {
        do {
            return try WorkerExecutable.located(at: path)
        } catch {
            throw Complaint(error.message)
        }
    }
}
