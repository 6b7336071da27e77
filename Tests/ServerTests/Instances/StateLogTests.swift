import Testing
import WorkerLink

@testable import Server

struct StateLogTests {
    private static let second: Int64 = 1_000_000_000

    private func change(_ state: InstanceState, _ reason: FailureReason? = nil) -> InstanceStateChange {
        InstanceStateChange(state: state, reason: reason, message: reason?.rawValue)
    }

    @Test("the first changes are told as they come")
    func first() {
        var log = StateLog(at: 0)
        #expect(log.changed(to: change(.starting), at: 0)?.change.state == .starting)
        #expect(log.changed(to: change(.running), at: Self.second)?.change.state == .running)
        #expect(log.changed(to: change(.stalled, .noFrames), at: 2 * Self.second)?.change.state == .stalled)
        #expect(log.changed(to: change(.running), at: 3 * Self.second)?.change.state == .running)
    }

    @Test("a camera that is away costs a line a minute, and its return is told at once")
    func away() {
        var log = StateLog(at: 0)
        _ = log.changed(to: change(.starting), at: 0)
        var lines: [StateLog.Line] = []
        // An hour at the 30 s cap, 10 s of them an attempt.
        for attempt in 0..<120 {
            let start = Int64(attempt) * 30 * Self.second
            if let line = log.changed(to: change(.retrying, .refused), at: start) { lines.append(line) }
            if let line = log.changed(to: change(.starting), at: start + 20 * Self.second) { lines.append(line) }
        }
        #expect((59...61).contains(lines.count), "\(lines.count)")
        #expect(lines.allSatisfy { $0.change.reason == .refused })
        #expect(lines.dropFirst().allSatisfy { $0.more == 3 }, "\(lines.map(\.more))")
        let back = log.changed(to: change(.running), at: 3601 * Self.second)
        #expect(back?.change.state == .running)
        #expect(
            log.changed(to: change(.retrying, .unauthorized), at: 3602 * Self.second)?.change.reason == .unauthorized)
    }

    @Test("one that comes and goes is held to a line a minute, which says how it stands in the end")
    func flapping() {
        var log = StateLog(at: 0)
        var lines: [StateLog.Line] = []
        var last = InstanceState.starting
        for second in 0..<600 {
            last = second.isMultiple(of: 2) ? .running : .stalled
            let now = Int64(second) * Self.second
            if let line = log.changed(to: change(last), at: now) { lines.append(line) }
            if let line = log.due(at: now + Self.second / 4) { lines.append(line) }
        }
        #expect((18...24).contains(lines.count), "\(lines.count)")
        // Every change is told or counted.
        let line = log.due(at: 700 * Self.second)
        #expect(line?.change.state == last)
        #expect(lines.count + lines.reduce(0) { $0 + $1.more } + 1 + (line?.more ?? 0) == 600)
        #expect(log.due(at: 1000 * Self.second) == nil, "nothing is new")
    }

    @Test("an end is told whatever was before", arguments: [InstanceState.completed, .failed, .stopping])
    func ends(state: InstanceState) {
        var log = StateLog(at: 0)
        for index in 0..<100 { _ = log.changed(to: change(index.isMultiple(of: 2) ? .running : .stalled), at: 0) }
        #expect(log.changed(to: change(state), at: 1)?.change.state == state)
    }
}
