import Foundation
package import Plans
package import WorkerLink

/// Answers what takes GStreamer or the stage catalogue, by asking `streamtap-worker describe` and `check`.
package final class PlanInspector: Sendable {
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
        return try await ask("check", arguments: executable.limits(), input: input)
    }

    private func ask<Answer: Decodable & Sendable>(
        _ verb: String, arguments: [String] = [], input: [UInt8]
    ) async throws(ServiceError) -> Answer {
        let answer = try await WorkerQuestion(executable: executable, verb: verb, arguments: arguments, input: input)
            .answer()
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(answer))
        } catch {
            throw .workerFailed(verb, "\(error)")
        }
    }
}

extension ServiceError {
    static let tooManyChecks = Self(.tooManyRequests, "too many plan texts wait to be looked at; try again in a moment")
}
