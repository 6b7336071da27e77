import NIOCore
import NIOPosix
import Subprocess
import SystemPackage

/// One question to a worker that lives for its answer alone.
struct WorkerQuestion {
    /// Bytes of an answer.
    private static let longestAnswer = 16 << 20

    let executable: WorkerExecutable
    /// One of the worker's verbs, and its arguments.
    var verb: String
    var arguments: [String] = []
    var input: [UInt8] = []
    /// After which it is killed.
    var deadline: Duration = .seconds(15)

    /// What it writes to its standard output.
    ///
    /// - Throws: `ServiceError` `worker_failed`, for example when the answer takes longer than its deadline; of a process that
    ///   hangs in the kernel not before that lets go of it.
    func answer() async throws(ServiceError) -> [UInt8] {
        var options = PlatformOptions()
        options.processGroupID = 0
        // Reached only by the deadline: no worker is worth waiting for then.
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let configuration = Configuration(
            executable: .path(FilePath(executable.path)), arguments: Arguments([verb] + arguments),
            environment: .ofWorkers,
            platformOptions: options)
        do {
            return try await withThrowingTaskGroup(of: [UInt8]?.self) { tasks in
                tasks.addTask { [input] in
                    try await Self.withInput(input) { input in
                        try await Subprocess.run(
                            configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                            output: .bytes(limit: Self.longestAnswer)
                        ).standardOutput
                    }
                }
                tasks.addTask { [deadline] in
                    try await Task.sleep(for: deadline)
                    return nil
                }
                defer { tasks.cancelAll() }
                guard let answer = try await tasks.next() ?? nil else {
                    throw ServiceError.workerFailed(verb, "no answer within \(deadline)")
                }
                return answer
            }
        } catch let error as ServiceError {
            throw error
        } catch {
            throw .workerFailed(verb, "\(error)")
        }
    }

    /// A descriptor to read `bytes` from, while `body` runs.
    ///
    /// Subprocess would write them itself, and end this process where the worker ends before it has read everything.
    private static func withInput<Result: Sendable>(
        _ bytes: [UInt8], _ body: (SystemPackage.FileDescriptor) async throws -> Result
    ) async throws -> Result {
        let sockets = try SocketPair()
        defer { try? sockets.theirs.close() }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .withConnectedSocket(sockets.ours.rawValue).get()
        defer { channel.close(promise: nil) }
        // Nobody waits for this: it is done when the worker has read, or never.
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenSuccess { channel.close(mode: .output, promise: nil) }
        return try await body(sockets.theirs)
    }
}

extension ServiceError {
    static func workerFailed(_ verb: String, _ why: String) -> Self {
        Self(.workerFailed, "streamtap-worker \(verb) gave no answer: \(why)")
    }
}
