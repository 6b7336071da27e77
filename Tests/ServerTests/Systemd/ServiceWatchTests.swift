import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Server

/// The watchdog's sign of life means something: what hangs is noticed.
@Suite("The watchdog", .timeLimit(.minutes(1)))
struct ServiceWatchTests {
    private func count(_ receiver: NotifyReceiver) -> Int { receiver.assignments.filter { $0 == "WATCHDOG=1" }.count }

    private func watch(
        _ receiver: NotifyReceiver, _ parts: [ServiceWatch.Part], patience: Duration? = .milliseconds(30)
    ) throws -> ServiceWatch {
        ServiceWatch(
            try #require(NotifySocket(receiver.name)), patience: patience, parts: parts, status: { "two\nlines" },
            logger: Logger(label: "test"))
    }

    @Test("While everything answers there are signs of life, and a status of one line")
    func alive() async throws {
        let receiver = try NotifyReceiver()
        let watch = try watch(receiver, [.init(name: "one") {}])
        let running = Task { await watch.run() }
        try await eventually("signs of life") { count(receiver) > 3 }
        #expect(receiver.assignments.contains("STATUS=two lines"))
        running.cancel()
        await running.value
    }

    @Test("An event loop that hangs costs the sign of life, and comes back with it")
    func hungLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let receiver = try NotifyReceiver()
        let watch = try watch(receiver, [.init(name: "loop") { try? await loop.submit {}.get() }])
        let running = Task { await watch.run() }
        try await eventually("signs of life") { count(receiver) > 1 }
        let (hangs, ends) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        loop.execute {
            hangs.signal()
            ends.wait()
        }
        await Task.detached { hangs.wait() }.value
        // One may be on its way.
        let before = count(receiver)
        try await Task.sleep(for: .milliseconds(300))
        #expect(count(receiver) <= before + 1)
        ends.signal()
        try await eventually("it lives again") { count(receiver) > before + 2 }
        running.cancel()
        await running.value
        try await group.shutdownGracefully()
    }

    @Test("Where there is no watchdog systemd hears the status alone")
    func noWatchdog() async throws {
        let receiver = try NotifyReceiver()
        let watch = try watch(receiver, [.init(name: "one") {}], patience: nil)
        let running = Task { await watch.run() }
        try await eventually("a status") { receiver.assignments == ["STATUS=two lines"] }
        running.cancel()
        await running.value
    }
}
