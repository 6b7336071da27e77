internal import Foundation
internal import Glibc
internal import Plans
internal import VideoDevices
internal import WorkerLink

/// The verbs of `streamtap-worker`, and of any worker with stages of its own.
public enum WorkerProgram {
    /// Runs `run`, `describe`, `check`, `device` or `picture` and returns the process's exit status: 64 for arguments that cannot be
    /// understood (sysexits.h, EX_USAGE).
    ///
    /// - `run --memory-limit BYTES --descriptor-limit N --sandbox on|off [--api-port N]…`: one plan, on the link at descriptor 0.
    /// - `describe`: the stages, a JSON array of `StageDescription`.
    /// - `check`, with the limits of `run`: `{"text": …, "parameters": {…}}` on standard input, a JSON array of `Diagnostic` on
    ///   standard output.
    /// - `device`, with the limits of `run`: a `DeviceQuestion` as JSON on standard input, a `DeviceAnswer` on standard output.
    /// - `picture`, with the limits of `run`: a `Variant` as JSON, a line break and a JPEG on standard input, the JPEG of that
    ///   variant on standard output.
    ///
    /// - Parameters:
    ///   - arguments: the program's own name first, as in `CommandLine.arguments`.
    ///   - stages: those that plans may name.
    public static func main(_ arguments: [String], stages: StageCatalog = .builtIn) -> Int32 {
        switch arguments.dropFirst().first {
        case "run":
            guard let limits = WorkerLimits(arguments.dropFirst(2)) else { return usage() }
            return run(limits, stages)
        case "describe" where arguments.count == 2:
            return print(stages.descriptions)
        case "check":
            guard let limits = WorkerLimits(arguments.dropFirst(2)) else { return usage() }
            limits.apply()
            _ = try? GStreamer.initialize()
            // Of a plan that is only looked at nothing is opened; some plugins want to see devices when they are loaded.
            if limits.isSandboxed { Sandbox.enter(SandboxRules(PlanGraph()).withoutPorts) }
            guard
                let request = try? JSONDecoder().decode(
                    PlanCheckRequest.self, from: FileHandle.standardInput.readDataToEndOfFile())
            else {
                Log.write("check: standard input is not {\"text\": …, \"parameters\": {…}}")
                return 65  // EX_DATAERR
            }
            return print(request.diagnostics(stages: stages))
        case DeviceQuestion.verb:
            guard let limits = WorkerLimits(arguments.dropFirst(2)) else { return usage() }
            limits.apply()
            if limits.isSandboxed { Sandbox.enter(SandboxRules(PlanGraph()).withoutPorts) }
            guard
                let question = try? JSONDecoder().decode(
                    DeviceQuestion.self, from: FileHandle.standardInput.readDataToEndOfFile())
            else {
                Log.write("device: standard input is not {\"path\": …}")
                return 65  // EX_DATAERR
            }
            return print(question.answer)
        case "picture":
            guard let limits = WorkerLimits(arguments.dropFirst(2)) else { return usage() }
            limits.apply()
            if limits.isSandboxed { Sandbox.enter(SandboxRules(nil)) }
            guard let picture = RescaledPicture.make(FileHandle.standardInput.readDataToEndOfFile()) else {
                Log.write("picture: standard input is no JPEG that can be made smaller")
                return 65  // EX_DATAERR
            }
            return write(picture)
        default:
            return usage()
        }
    }

    private static func run(_ limits: WorkerLimits, _ stages: StageCatalog) -> Int32 {
        // Before anything else is loaded or started: threads inherit the mask, memory counts from here.
        limits.apply()
        signal(SIGINT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        Log.neverWait()
        TerminationSignal.block()
        guard let link = LinkDescriptor.takeFromStandardInput() else {
            Log.write("run: descriptor 0 is no link")
            return 74  // EX_IOERR
        }
        return WorkerSession(link, stages: stages, limits: limits).run()
    }

    private static func usage() -> Int32 {
        Log.write(
            "usage: streamtap-worker {run | check | device | picture} [--memory-limit BYTES] [--descriptor-limit N] "
                + "[--sandbox on|off] [--api-port N]... | describe")
        return 64
    }

    private static func print(_ value: some Encodable) -> Int32 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(value) else { return 70 }  // EX_SOFTWARE
        return write(json + [0x0A])
    }

    private static func write(_ answer: some Sequence<UInt8>) -> Int32 {
        // Who asked may be gone.
        signal(SIGPIPE, SIG_IGN)
        return Array(answer).withUnsafeBytes { LinkDescriptor.standardOutput.write([$0]) } ? 0 : 74  // EX_IOERR
    }
}
