import Foundation
import NIOCore
import NIOPosix
package import VideoDevices
import WorkerLink

/// The cameras at this machine: which there are, what they can, who has them, and what is set on them.
///
/// This process opens none of them: a driver may keep whoever asks for as long as it likes. Each is asked by a worker that lives for
/// one answer, and one that gives none in time is shown as such, and not asked again before that worker is gone.
package actor DeviceCatalog {
    /// For an answer, and for one's turn to ask.
    private static let patience: TimeAmount = .seconds(5)
    /// Nanoseconds for which a list is new enough while nothing is heard of a change.
    private static let freshness: Int64 = .seconds(2)

    private let executable: WorkerExecutable?
    private let nodes: @Sendable () -> [VideoNode]
    /// What instances have to do with them.
    private var uses: @Sendable () async -> [DeviceUse] = { [] }
    private let loop = MultiThreadedEventLoopGroup.singleton.next()
    /// Those that are being asked, by path: done when there is an answer, or nobody waits for it any longer.
    private var asked: [String: EventLoopFuture<DeviceAnswer>] = [:]
    private var answers: (time: Int64, all: [(node: VideoNode, answer: DeviceAnswer)])?
    private var changes = 0
    /// The newest that is under way, and how many changes there had been when it began.
    private var listing: (changes: Int, task: Task<[(node: VideoNode, answer: DeviceAnswer)], Never>)?

    /// - Parameters:
    ///   - executable: asks them; nil: nobody does, and nothing is known but that they are there.
    ///   - nodes: those that there are.
    package init(executable: WorkerExecutable? = nil, nodes: @escaping @Sendable () -> [VideoNode] = VideoNode.all) {
        self.executable = executable
        self.nodes = nodes
    }

    /// - Parameter uses: what instances have to do with cameras.
    func serves(_ uses: @escaping @Sendable () async -> [DeviceUse]) { self.uses = uses }

    /// Something is different from now on.
    func changed() {
        answers = nil
        changes += 1
    }

    /// Where a plan's address leads just now.
    nonisolated func place(of address: String) -> DeviceAddress.Place {
        DeviceAddress(address).place(among: nodes())
    }

    // MARK: The list

    /// Cameras, in the order of their numbers. What is no camera (a scaler, a node for what is known of pictures) is left out.
    package func devices() async -> [FoundDevice] {
        let known = await known()
        let all = known.map(\.node)
        let holders = await holders(of: all.map(\.path))
        return known.filter { $0.answer.report?.captures ?? ($0.node.captures ?? ($0.node.index == 0)) }
            .map { FoundDevice($0.node, among: all, $0.answer, users: holders[$0.node.path] ?? []) }
    }

    private func known() async -> [(node: VideoNode, answer: DeviceAnswer)] {
        if let answers, MonotonicClock.now() - answers.time < Self.freshness { return answers.all }
        // Whoever asks meanwhile hears the same, unless that may be out of date.
        if let listing, listing.changes == changes { return await listing.task.value }
        let (nodes, before) = (nodes(), changes)
        let task = Task {
            await withTaskGroup(of: (Int, DeviceAnswer).self) { group in
                for (place, node) in nodes.enumerated() {
                    group.addTask { (place, await self.ask(DeviceQuestion(path: node.path, .formats))) }
                }
                var all = nodes.map { (node: $0, answer: DeviceAnswer()) }
                for await (place, answer) in group { all[place].answer = answer }
                return all
            }
        }
        listing = (before, task)
        let all = await task.value
        if listing?.changes == before { listing = nil }
        // What has changed meanwhile may not be in it.
        if changes == before { answers = (MonotonicClock.now(), all) }
        return all
    }

    // MARK: Asking

    /// Waits for its turn while the device is being asked something else, and returns 5 s after that at the latest, whatever the
    /// device does; 10 s in all.
    func ask(_ question: DeviceQuestion) async -> DeviceAnswer {
        guard let executable else { return DeviceAnswer(failure: "nobody has asked it") }
        let late = DeviceAnswer(failure: "it does not answer")
        let begin = MonotonicClock.now()
        while let before = asked[question.path] {
            _ = try? await before.get()
            // Still there: it has had its time, and may take for ever.
            guard asked[question.path] !== before, MonotonicClock.now() - begin < Self.patience.nanoseconds else {
                return question.controls == nil
                    ? late : DeviceAnswer(failure: "it has yet to answer what it was asked before")
            }
        }
        let promise = loop.makePromise(of: DeviceAnswer.self)
        asked[question.path] = promise.futureResult
        let timer = loop.scheduleTask(in: Self.patience) { promise.succeed(late) }
        defer { timer.cancel() }
        Task {
            let answer = await Self.answer(question, executable)
            asked[question.path] = nil
            promise.succeed(answer)
        }
        return (try? await promise.futureResult.get()) ?? late
    }

    private static func answer(_ question: DeviceQuestion, _ executable: WorkerExecutable) async -> DeviceAnswer {
        do {
            let input = Array(try JSONEncoder().encode(question))
            let answer = try await WorkerQuestion(
                executable: executable, verb: DeviceQuestion.verb, arguments: executable.limits(), input: input,
                deadline: .seconds(10)
            ).answer()
            return try JSONDecoder().decode(DeviceAnswer.self, from: Data(answer))
        } catch {
            return DeviceAnswer(failure: "it could not be asked: \(error)")
        }
    }

    // MARK: Who has them

    /// Who has the camera that a plan's address leads to, but for an instance that would have it.
    ///
    /// - Returns: words for people; nil: nobody that is known.
    func holders(of addresses: [String], besides instance: String) async -> String? {
        let nodes = nodes()
        for address in addresses {
            guard case .node(let path) = DeviceAddress(address).place(among: nodes) else { continue }
            let real = nodes.first { $0.path == path || $0.links.contains(path) }?.path ?? path
            let users = (await holders(of: [real])[real] ?? []).filter { $0.instance != instance }
            guard !users.isEmpty else { continue }
            return "\(address) is in use by \(users.map(\.words).joined(separator: ", "))"
        }
        return nil
    }

    /// By path. Looks at all processes, on a thread where that holds up nobody.
    private func holders(of paths: [String]) async -> [String: [DeviceUser]] {
        guard !paths.isEmpty else { return [:] }
        let uses = await uses()
        let open = try? await NIOThreadPool.singleton.runIfActive { DeviceHolder.of(paths) }
        let nodes = nodes()
        var users: [String: [DeviceUser]] = [:]
        for path in paths {
            var all = (open?[path] ?? []).map { holder in
                uses.first { $0.pid == holder.pid }.map { DeviceUser(instance: $0.instance) }
                    ?? DeviceUser(program: holder.program, pid: holder.pid)
            }
            // Workers let nobody but root look at them.
            for use in uses where use.holds && !all.contains(where: { $0.instance == use.instance }) {
                let leads = nodes.first { $0.path == path }.map { node in
                    use.addresses.contains { DeviceAddress($0).leads(to: node, among: nodes) }
                }
                if leads == true { all.append(DeviceUser(instance: use.instance)) }
            }
            users[path] = all
        }
        return users
    }
}
