public import Foundation
import Glibc
import Synchronization

/// A program that a test has started, in a process group of its own.
///
/// It is killed with its group at `kill()` or when the value goes away. What it prints, on both outputs, is kept.
public final class ChildProcess: Sendable {
    /// How a program ended.
    public enum Exit: Hashable, Sendable {
        case status(Int32)
        case signal(Int32)
    }

    /// Outlives the value: the threads that watch the program write here.
    private final class Record: Sendable {
        let output = Mutex([UInt8]())
        let exit = Mutex<Exit?>(nil)
    }

    /// The program's process id, which is its group's id too.
    public let pid: pid_t
    private let name: String
    private let record = Record()
    /// Write end of the program's standard input: some programs end with their input.
    private let input: CInt

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: a path.
    ///   - environment: added to this process's own.
    public init(_ executable: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        // Nothing that the test has open shall be open in the program.
        for descriptor in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(CInt.init)
        where descriptor > STDERR_FILENO {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        let inputPipe = try Self.pipe()
        let outputPipe = try Self.pipe()
        defer {
            close(inputPipe.read)
            close(outputPipe.write)
        }
        input = inputPipe.write
        name = URL(filePath: executable).lastPathComponent

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputPipe.read, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outputPipe.write, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outputPipe.write, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A test runner may have blocked or ignored signals; the program must not inherit that.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = ([executable] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, executable, &actions, &attributes, argv, envp)
        guard status == 0 else {
            close(inputPipe.write)
            close(outputPipe.read)
            throw ProcessFailure("cannot start \(executable): \(String(cString: strerror(status)))")
        }
        pid = child
        watch(output: outputPipe.read)
    }

    deinit {
        kill()
        close(input)
    }

    /// What the program has printed so far.
    public var output: String { record.output.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Nil while the program runs.
    public var exit: Exit? { record.exit.withLock { $0 } }

    /// Sends a signal to the program alone.
    public func signal(_ number: CInt) {
        if exit == nil { Glibc.kill(pid, number) }
    }

    /// Kills the program and everything in its group.
    public func kill() {
        // Once it is reaped, the id may be another process's.
        if exit == nil { Glibc.kill(-pid, SIGKILL) }
    }

    /// Writes a line to the program's standard input.
    public func write(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        guard Glibc.write(input, bytes, bytes.count) == bytes.count else {
            throw ProcessFailure("\(name) does not read: \(errno)")
        }
    }

    /// The first line printed that holds `text`, awaited.
    public func line(containing text: String, within limit: Duration = .seconds(15)) async throws -> String {
        try await eventually("\(name) prints '\(text)'", within: limit, evidence: { self.output }) {
            let line = self.output.split(separator: "\n").first { $0.contains(text) }
            if line == nil, let exit = self.exit {
                throw ProcessFailure("\(self.name) ended with \(exit) before it printed '\(text)':\n\(self.output)")
            }
            return line.map(String.init)
        }
    }

    /// When a line like that is printed; at once when it is there already.
    public func moment(_ line: String, within limit: Duration = .seconds(30)) async throws -> Date {
        try await eventually("\(name) prints '\(line)'", within: limit, evidence: { self.output }) {
            self.output.split(separator: "\n").contains { $0 == line } ? Date() : nil
        }
    }

    /// Waits for the program's end.
    @discardableResult
    public func ended(within limit: Duration = .seconds(15)) async throws -> Exit {
        try await eventually("\(name) ends", within: limit, evidence: { self.output }) { self.exit }
    }

    private func watch(output: CInt) {
        let record = record
        let pid = pid
        let drained = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(output, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                record.output.withLock { $0.append(contentsOf: buffer[..<count]) }
            }
            close(output)
            drained.signal()
        }
        Thread.detachNewThread {
            var status: CInt = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            let exit: Exit = signal == 0 ? .status((status >> 8) & 0xff) : .signal(signal)
            // Who sees the end sees all that was said, unless somebody else holds the pipe open.
            _ = drained.wait(timeout: .now() + 2)
            record.exit.withLock { $0 = exit }
        }
    }

    private static func pipe() throws -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw ProcessFailure("no pipe: \(errno)") }
        // Another program's copy of these ends would hide that one of them was closed.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// A program that did not do what a test needs.
public struct ProcessFailure: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
