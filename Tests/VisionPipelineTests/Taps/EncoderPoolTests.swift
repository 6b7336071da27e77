import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

struct EncoderPoolTests {
    /// Numbers in the order in which they came.
    private final class Order: Sendable {
        private let state = Mutex<[Int]>([])
        var all: [Int] { state.withLock { $0 } }
        func add(_ number: Int) { state.withLock { $0.append(number) } }
    }

    @Test("jobs run first in, first out")
    func order() async throws {
        let pool = EncoderPool(threads: 1)
        let order = Order()
        for number in 0..<100 { pool.submit { _ in order.add(number) } }
        try await eventually { order.all.count == 100 }
        #expect(order.all == Array(0..<100))
    }

    @Test("a slow job holds one thread, not the others")
    func parallel() async throws {
        let pool = EncoderPool(threads: 2)
        let (release, order) = (DispatchSemaphore(value: 0), Order())
        pool.submit { _ in release.wait() }
        for number in 0..<10 { pool.submit { _ in order.add(number) } }
        try await eventually { order.all.count == 10 }
        release.signal()
    }

    #if os(Linux)
    @Test("its threads give way to capture")
    func niceness() async throws {
        let pool = EncoderPool(threads: 1)
        let found = Order()
        pool.submit { _ in found.add(Int(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))) }
        try await eventually { found.all.count == 1 }
        let own = Int(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
        #expect(found.all.first.map { $0 > own || $0 == 19 } == true)
    }
    #endif

    @Test("its threads end with it")
    func ends() async throws {
        weak var queue: JobQueue?
        do {
            let jobs = JobQueue()
            queue = jobs
            for _ in 0..<3 { EncoderThread.start(on: jobs) }
            let order = Order()
            jobs.append { _ in order.add(1) }
            try await eventually { order.all == [1] }
            jobs.close(readers: 3)
        }
        // Each thread holds the queue until it returns.
        try await eventually { queue == nil }
    }

    @Test("a queue that is never empty takes no more memory than what waits in it")
    func bounded() {
        let queue = JobQueue()
        for _ in 0..<5 { queue.append { _ in } }
        for _ in 0..<100_000 {
            if let job = queue.take() { queue.append(job) }
        }
        #expect(queue.capacity <= 16)
    }

    @Test("a busy tap does not keep another from its turn")
    func fair() async throws {
        let order = Order()
        let pool = EncoderPool(threads: 1) { order.add($0.header.tap) }
        let (entered, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        pool.submit { _ in
            entered.signal()
            release.wait()
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                entered.wait()
                continuation.resume()
            }
        }
        let taps = (0..<3).map { index in
            StreamTap(
                id: "t", attachPoint: "n", index: index, defaults: .asIs, fps: nil, encoders: pool)
        }
        for tap in taps {
            // Two lanes each, and many frames: the queue holds each lane once.
            tap.demand([nil, 32].map { WantedVariant(tap: "t", variant: Variant(width: $0), stream: nil) })
            for _ in 0..<50 { tap.offer(TestFrame.gray()) }
        }
        release.signal()
        try await eventually { order.all.count == 6 }
        #expect(order.all == [0, 0, 1, 1, 2, 2])
    }
}
