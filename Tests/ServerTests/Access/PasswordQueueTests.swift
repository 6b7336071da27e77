import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Whose password is looked at next", .timeLimit(.minutes(1)))
struct PasswordQueueTests {
    /// Who has been asked, in that order.
    private final class Order: Sendable {
        let names = Mutex<[String]>([])
    }

    /// - Returns: whether there was room.
    private static func look(
        _ name: String, _ turn: PasswordQueue.Turn, _ queue: PasswordQueue, _ order: Order,
        _ work: @escaping @Sendable () -> Void = {}
    ) async -> Bool {
        let done: Void? = try? await queue.run(as: turn) {
            work()
            order.names.withLock { $0.append(name) }
        }
        return done != nil
    }

    @Test("Strangers from however many networks wait behind those who are known, a few of each network")
    func turns() async throws {
        let (queue, order) = (PasswordQueue(), Order())
        let mayEnd = DispatchSemaphore(value: 0)
        let (begun, isBegun) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Bool.self) { group in
            // The thread is busy until all have come.
            group.addTask {
                await Self.look("first", .known, queue, order) {
                    isBegun.yield()
                    mayEnd.wait()
                }
            }
            _ = await begun.first { _ in true }
            for number in 0..<100 {
                group.addTask { await Self.look("stranger", .stranger(network: "10.0.\(number % 40)"), queue, order) }
            }
            // Those beyond the limits are refused at once.
            for _ in 0..<90 {
                let isDone = await group.next()
                #expect(isDone == false)
            }
            let isRefused = await !Self.look("one more", .stranger(network: "192.0.2"), queue, order)
            #expect(isRefused)
            for _ in 0..<3 { group.addTask { await Self.look("known", .known, queue, order) } }
            while queue.waitingKnown < 3 { await Task.yield() }
            mayEnd.signal()
            for await isDone in group { #expect(isDone) }
        }
        let ended = order.names.withLock(\.self)
        #expect(ended.prefix(4) == ["first", "known", "known", "known"])
        #expect(ended.dropFirst(4) == Array(repeating: "stranger", count: 10)[...])
    }

    @Test("Of one network two wait, whoever else does")
    func networks() async throws {
        let queue = PasswordQueue()
        let mayEnd = DispatchSemaphore(value: 0)
        let (begun, isBegun) = AsyncStream.makeStream(of: Void.self)
        async let first: Void = queue.run(as: .known) {
            isBegun.yield()
            mayEnd.wait()
        }
        _ = await begun.first { _ in true }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<5 {
                group.addTask { (try? await queue.run(as: .stranger(network: "10.0.0")) {}) != nil }
            }
            for _ in 0..<3 {
                let isDone = await group.next()
                #expect(isDone == false)
            }
            mayEnd.signal()
            for await isDone in group { #expect(isDone) }
        }
        try await first
    }
}
