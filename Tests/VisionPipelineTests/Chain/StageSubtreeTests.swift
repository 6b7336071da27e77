import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// A way with a thread of its own: newest wins, nothing waits, everything ends.
@Suite(.timeLimit(.minutes(1)))
struct StageSubtreeTests {
    /// A tree with one recorder that takes so long for a frame.
    private static func tree(delay: Int, log: Int, times: StageTimes, isLive: Bool) -> StageTree {
        let recorder = Recorder(
            options: TestOptions.of(Recorder.self, ["id": .integer(Int64(log)), "delay": .integer(Int64(delay))]))
        let node = StageNode(
            id: "log", description: Recorder.description, slots: [StageSlot(recorder, StageMailbox())], times: times)
        let tree = StageTree(roots: [node], threads: .eachStage)
        tree.configure(isLive: isLive)
        return tree
    }

    private static func frame(_ number: Int) -> Frame { TestFrame.gray(width: 4, height: 4, sequence: UInt64(number)) }

    @Test("Frames that come too fast: the newest is kept, each other is counted, and the last comes out before the end")
    func newest() async throws {
        let (id, log) = Recorder.newLog()
        let times = StageTimes()
        let tree = Self.tree(delay: 50, log: id, times: times, isLive: true)
        tree.offer(Self.frame(1))
        try await eventually { log.count == 1 }
        let start = ContinuousClock.now
        for number in 2...100 { tree.offer(Self.frame(number)) }
        // Ninety-nine turns of the stage would be five seconds.
        #expect(ContinuousClock.now - start < .seconds(2))
        tree.endOfStream()
        let numbers = log.frames.map(\.sequence)
        #expect(numbers.first == 1 && numbers.last == 100 && numbers == numbers.sorted())
        #expect(UInt64(numbers.count) + times.progress(name: "", stage: "").dropped == 100)
    }

    @Test("What is not live loses nothing, and is worked on by who brings it")
    func film() {
        let (id, log) = Recorder.newLog()
        let times = StageTimes()
        let tree = Self.tree(delay: 1, log: id, times: times, isLive: false)
        for number in 1...50 {
            tree.offer(Self.frame(number))
            #expect(log.count == number)
        }
        #expect(times.progress(name: "", stage: "").dropped == 0)
    }

    @Test("A stage that is at a frame says since when, and no longer when it is done")
    func busy() async throws {
        let (id, log) = Recorder.newLog()
        let tree = Self.tree(delay: 300, log: id, times: StageTimes(), isLive: true)
        #expect(tree.busySince == nil)
        let before = MonotonicClock.now()
        tree.offer(Self.frame(1))
        try await eventually { log.count == 1 }
        let since = try #require(tree.busySince)
        #expect(since >= before && since <= MonotonicClock.now())
        try await eventually { tree.busySince == nil }
        tree.interrupt()
    }

    @Test("Interrupted, it takes nothing more, nobody waits, and its thread lets go of everything")
    func interrupted() async throws {
        weak var last: StageTree?
        let (id, log) = Recorder.newLog()
        do {
            let tree = Self.tree(delay: 100, log: id, times: StageTimes(), isLive: true)
            last = tree
            tree.offer(Self.frame(1))
            try await eventually { log.count == 1 }
            tree.offer(Self.frame(2))
            tree.interrupt()
            tree.offer(Self.frame(3))
            tree.drain()
        }
        try await eventually { last == nil }
        #expect(log.frames.map(\.sequence) == [1])
    }
}
