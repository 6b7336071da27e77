import ArgumentParser
import Client
import Foundation

/// Names that the running server knows, for a shell that completes them. A server that is not there, or slow, knows none.
extension CompletionKind {
    /// Instances' names.
    static var instances: CompletionKind { .custom { words, _, _ in await names(words, instanceNames) } }

    /// Taps, `INSTANCE/TAP`.
    static var taps: CompletionKind { .custom { words, _, _ in await names(words, tapNames) } }

    /// The server's plans, and files here where a path is begun.
    static var serverPlans: CompletionKind {
        .custom { words, _, begun in
            begun.contains("/") || begun.hasPrefix(".") ? planFiles(begun) : await names(words, planNames)
        }
    }

    @Sendable private static func instanceNames(_ client: ServerClient) async throws -> [String] {
        try await client.send(.get, .api("instances")).decoded(as: InstancesAnswer.self).instances.map(\.id)
    }

    @Sendable private static func tapNames(_ client: ServerClient) async throws -> [String] {
        let answer: AllTapsAnswer = try await client.send(.get, .api("taps")).decoded()
        return answer.instances.flatMap { instance, taps in taps.taps.keys.map { "\(instance)/\($0)" } }.sorted()
    }

    @Sendable private static func planNames(_ client: ServerClient) async throws -> [String] {
        try await client.send(.get, .api("plans")).decoded(as: PlansAnswer.self).plans.map(\.name)
    }

    /// - Parameter words: the command line so far, which may say where the server is and who asks.
    private static func names(
        _ words: [String], _ question: @Sendable (ServerClient) async throws -> [String]
    ) async -> [String] {
        func value(_ option: String) -> String? {
            if let place = words.lastIndex(of: option), words.indices.contains(place + 1) { return words[place + 1] }
            return words.last { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
        }
        let environment = ProcessInfo.processInfo.environment
        var choice = ServerChoice()
        (choice.server, choice.tokenFile, choice.ca) = (value("--server"), value("--token-file"), value("--ca"))
        guard let address = try? choice.address(environment),
            let identity = try? choice.identity(at: address, environment)
        else { return [] }
        let settings = ServerClient.Settings(
            address: address, identity: identity, authorities: choice.ca ?? environment["STREAMTAP_CA"],
            timeout: .seconds(1))
        let answer = (try? await ServerClient.with(settings, question)) ?? []
        // A shell reads a name a line, and would take its own signs in one for orders.
        return answer.filter { $0.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\/-]*/) != nil }
    }

    /// Plans and directories that a path may become.
    private static func planFiles(_ begun: String) -> [String] {
        let directory = begun.contains("/") ? String(begun[...(begun.lastIndex(of: "/") ?? begun.startIndex)]) : ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.isEmpty ? "." : directory)) ?? []
        return names.sorted().compactMap { name in
            var isDirectory = false
            let path = directory + name
            guard path.hasPrefix(begun), FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                return nil
            }
            return isDirectory ? path + "/" : name.hasSuffix(".plan") ? path : nil
        }
    }
}
