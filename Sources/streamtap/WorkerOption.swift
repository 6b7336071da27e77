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

    @Option(
        name: .customLong("worker-memory"),
        help: ArgumentHelp(
            "Memory that each worker may take, for example 512M or 2G; otherwise what its plan comes to, by the size of "
                + "its pictures.", valueName: "size"),
        transform: memorySize)
    var memory: Int?

    @Option(
        name: .customLong("worker-sandbox"),
        help: ArgumentHelp(
            "on: workers reach the files, devices and ports that their plans name, and no other programs. off: for "
                + "plugins and stages that need more.", valueName: "on|off"),
        transform: onOrOff)
    var isSandboxed = true

    /// - Throws: `Complaint` when there is none that can be run.
    func executable() throws -> WorkerExecutable {
        do {
            var executable = try WorkerExecutable.located(at: path)
            executable.memoryLimit = memory
            executable.isSandboxed = isSandboxed
            return executable
        } catch {
            throw Complaint(error.message)
        }
    }
}

private func memorySize(_ word: String) throws -> Int {
    guard let match = word.wholeMatch(of: /(\d{1,6})([MG])/), let number = Int(match.1) else {
        throw ValidationError("'\(word)' is no size such as 512M or 2G")
    }
    let bytes = number << (match.2 == "M" ? 20 : 30)
    guard bytes >= WorkerExecutable.leastMemoryLimit else {
        throw ValidationError("a worker needs \(WorkerExecutable.leastMemoryLimit >> 20)M at least")
    }
    return bytes
}

private func onOrOff(_ word: String) throws -> Bool {
    switch word {
    case "on": return true
    case "off": return false
    default: throw ValidationError("it is on or off")
    }
}
