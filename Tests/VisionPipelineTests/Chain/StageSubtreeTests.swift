import Dispatch
import Foundation
import Plans
import Synchronization
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

    /// A stage that is at its frame until it is let go.
    private struct Gate: Stage {
        static let description = StageDescription(name: "gate", summary: "Waits until it is let go.")
        let came = DispatchSemaphore(value: 0)
        let opens = DispatchSemaphore(value: 0)

        init() {}
        init(options: StageOptions) {}

        func process(_ frame: Frame) -> Frame? {
            came.signal()
            _ = opens.wait(timeout: .now() + 20)
            return frame
        }
    }

    @Test("What a stage is at when the run ends goes nowhere", arguments: [true, false], [1, 2])
    func overtaken(isLive: Bool, workers: Int) async throws {
        let (id, behind) = Recorder.newLog()
        let recorder = Recorder(options: TestOptions.of(Recorder.self, ["id": .integer(Int64(id))]))
        let next = StageNode(
            id: "log", description: Recorder.description, slots: [StageSlot(recorder, StageMailbox())],
            times: StageTimes())
        let gate = Gate()
        let node = StageNode(
            id: "gate", description: Gate.description,
            slots: (0..<workers).map { _ in StageSlot(gate, StageMailbox()) }, times: StageTimes(), children: [next])
        let tree = StageTree(roots: [node], threads: .eachStage)
        tree.configure(isLive: isLive)
        let hasReturned = Mutex(false)
        DispatchQueue.global().async {
            tree.offer(Self.frame(1))
            hasReturned.withLock { $0 = true }
        }
        try await eventually { gate.came.wait(timeout: .now()) == .success }
        tree.interrupt()
        gate.opens.signal()
        try await eventually { hasReturned.withLock { $0 } && tree.busySince == nil }
        #expect(behind.count == 0)
    }

    @Test("A stage that is at one frame for more than ten seconds is as silent as a camera that sends none")
    func hanging() {
        let second: Int64 = 1_000_000_000
        for (begun, now, last, told) in [
            (nil, 100, 99, 99), (95, 100, 99, 99), (89, 100, 99, 89), (89, 100, nil, 89), (89, 100, 80, 80),
        ] as [(Int64?, Int64, Int64?, Int64)] {
            var progress = SourceProgress(node: "camera", frames: 5, lastFrame: last.map { $0 * second }, isLive: true)
            progress.note(workSince: begun.map { $0 * second }, now: now * second)
            #expect(progress.lastFrame == told * second)
        }
    }
}
