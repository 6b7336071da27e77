import Testing
import WorkerLink

@testable import Server

/// How often the log is told of a branch that goes and comes.
struct BranchLinesTests {
    private func branch(_ state: BranchProgress.State) -> BranchProgress {
        BranchProgress(name: "disk", state: state, reason: state == .running ? nil : "full")
    }

    @Test("One that fails each second: the first changes at once, then a line a minute, and its end")
    func eachSecond() {
        var log = BranchLog(at: 0)
        var lines: [(second: Int64, line: BranchLog.Line)] = []
        for second in Int64(0)..<600 {
            let state = branch(second % 2 == 0 ? .retrying : .running)
            if let line = log.note(state, at: second * 1_000_000_000) { lines.append((second, line)) }
        }
        #expect((20...23).contains(lines.count), "\(lines.count)")
        #expect(lines.prefix(12).allSatisfy { $0.line.more == 0 } && lines.prefix(12).map(\.second) == Array(0..<12))
        #expect(lines.dropFirst(13).allSatisfy { $0.line.more == 59 })
        let end = log.note(branch(.failed), at: 600_000_000_001)
        #expect(end?.state == .failed && log.note(branch(.failed), at: 700_000_000_000) == nil)
    }

    @Test("One that is as it was is not told of")
    func steady() {
        var log = BranchLog(at: 0)
        #expect((0..<100).allSatisfy { log.note(branch(.running), at: $0 * 1_000_000_000) == nil })
        #expect(
            log.note(branch(.retrying), at: 100_000_000_000)
                == BranchLog.Line(state: .retrying, reason: "full", more: 0))
    }
}
