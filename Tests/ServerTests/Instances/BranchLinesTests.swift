import Logging
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

    @Test("One that ends again and again has its end told at once, and the others like all else")
    func endsWithoutEnd() {
        for end in [BranchProgress.State.failed, .completed] {
            var log = BranchLog(at: 0)
            let lines = (Int64(0)..<600).filter { second in
                log.note(branch(second % 2 == 0 ? end : .running), at: second * 1_000_000_000) != nil
            }
            #expect((20...23).contains(lines.count), "\(lines.count)")
        }
        // Its first end is told when nothing else is.
        var log = BranchLog(at: 0)
        for time in Int64(0)..<20 { _ = log.note(branch(time % 2 == 0 ? .retrying : .running), at: time) }
        let first = log.note(branch(.failed), at: 20)
        let others = [log.note(branch(.running), at: 21), log.note(branch(.failed), at: 22)]
        log.begin()
        let next = log.note(branch(.failed), at: 23)
        #expect(first?.state == .failed && others == [nil, nil] && next?.state == .failed)
    }

    @Test("One that its worker did not have at first waits for its turn")
    func late() {
        var log = BranchLog(at: 0, isLate: true)
        let atOnce = log.note(branch(.failed), at: 1)
        let later = log.note(branch(.failed), at: 60_000_000_000)
        #expect(atOnce == nil && later?.state == .failed)
    }

    @Test("Names without end are not kept")
    func names() {
        var journal = InstanceJournal("cam", logger: Logger(label: "test"), events: .inMemory(), rest: nil)
        let first = (0..<300).map { BranchProgress(name: "\($0)", state: .running) }
        journal.branches(first, since: nil)
        #expect(journal.branchLines.count == 256)
        let before = WorkerLink.Progress(now: 0)
        for report in 0..<100 {
            journal.branches(
                (0..<10).map { BranchProgress(name: "\(report).\($0)", state: .failed) }, since: before)
            #expect(journal.branchLines.count == 10)
        }
        journal.branches([], since: before)
        #expect(journal.branchLines.isEmpty)
    }
}
