import Foundation
import NIOCore
import NIOPosix
package import Plans
import Subprocess
import SystemPackage
package import WorkerLink

/// Answers what takes GStreamer or the stage catalogue, by asking `streamtap-worker describe` and `check`.
package final class PlanInspector: Sendable {
    private static let deadline: Duration = .seconds(15)
    /// Bytes of an answer.
    private static let longestAnswer = 4 << 20

    private let executable: WorkerExecutable
    /// What operators ask for: their plans, and what they change.
    private let operators = CheckQueue(width: 2)
    /// What text from the network is looked at for: one at a time, and never in front of the above.
    private let network = CheckQueue(width: 1, longest: 8)

    /// Starts nothing yet.
    package init(executable: WorkerExecutable) {
        self.executable = executable
    }

    /// The stage catalogue.
    ///
    /// - Throws: `ServiceError` `worker_failed`.
    package func stages() async throws(ServiceError) -> [StageDescription] {
        try await ask("describe", input: [])
    }

    /// Everything about a plan that its text alone does not show.
    ///
    /// - Parameters:
    ///   - parameters: nil checks the plan as it stands, with parameters that may have any value.
    ///   - stageOptions: stages' options that count more than the plan's, by node id.
    ///   - isUntrusted: the text came over the network: elements that its elements bring along are held to the policy.
    /// - Returns: warnings and errors, by place.
    /// - Throws: `ServiceError` `worker_failed`, for example when the answer takes longer than 15 s; `too_many_requests` for
    ///   text from the network when too much of it waits already.
    package func check(
        _ text: String, parameters: [String: ParameterValue]? = nil,
        stageOptions: [String: [String: ParameterValue]] = [:], isUntrusted: Bool = false
    ) async throws(ServiceError) -> [Diagnostic] {
        let queue = isUntrusted ? network : operators
        guard await queue.enter() else { throw .tooManyChecks }
        defer { queue.leave() }
        let input: [UInt8]
        do {
            input = Array(
                try JSONEncoder().encode(
                    PlanCheckRequest(
                        text: text, parameters: parameters, stageOptions: stageOptions, isUntrusted: isUntrusted)))
        } catch {
            throw .workerFailed("check", "\(error)")
        }
        return try await ask("check", arguments: executable.limits, input: input)
    }

    private func ask<Answer: Decodable & Sendable>(
        _ verb: String, arguments: [String] = [], input: [UInt8]
    ) async throws(ServiceError) -> Answer {
        var options = PlatformOptions()
        options.processGroupID = 0
        // Reached only by the deadline: no worker is worth waiting for then.
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let configuration = Configuration(
            executable: .path(FilePath(executable.path)), arguments: Arguments([verb] + arguments),
            environment: .ofWorkers,
            platformOptions: options)
        do {
            return try await withThrowingTaskGroup(of: Answer?.self) { tasks in
                tasks.addTask {
                    let outcome = try await Self.withInput(input) { input in
                        try await Subprocess.run(
                            configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                            output: .bytes(limit: Self.longestAnswer))
                    }
                    return try JSONDecoder().decode(Answer.self, from: Data(outcome.standardOutput))
                }
                tasks.addTask {
                    try await Task.sleep(for: Self.deadline)
                    return nil
                }
                defer { tasks.cancelAll() }
                guard let answer = try await tasks.next() ?? nil else {
                    throw ServiceError.workerFailed(verb, "no answer within \(Self.deadline)")
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

    static let tooManyChecks = Self(.tooManyRequests, "too many plan texts wait to be looked at; try again in a moment")
}
