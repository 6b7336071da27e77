import Foundation
import Glibc
import TestSupport
import Testing

@testable import Server

struct LineQueueTests {
    /// A pipe of 4 KiB.
    private final class Pipe: Sendable {
        let read: Int32
        let write: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
            (read, write) = (ends[0], ends[1])
            _ = fcntl(write, 1031, 4096)  // F_SETPIPE_SZ
            _ = fcntl(read, F_SETFL, O_NONBLOCK)
        }

        /// What is there.
        func text() -> String {
            var all: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(read, &piece, piece.count)
                guard count > 0 else { return String(decoding: all, as: UTF8.self) }
                all += piece[..<count]
            }
        }
    }

    @Test("lines come out in order")
    func order() throws {
        let pipe = try Pipe()
        let queue = LineQueue(descriptor: pipe.write)
        for number in 0..<50 { queue.write("line \(number)") }
        #expect(queue.flush(within: 10))
        #expect(pipe.text() == (0..<50).map { "line \($0)\n" }.joined())
        #expect(queue.lost == 0)
    }

    @Test("a pipe that nobody reads holds nobody; what found no room is counted, and told in its place")
    func unread() async throws {
        let pipe = try Pipe()
        let queue = LineQueue(descriptor: pipe.write, lines: 100, bytes: 50_000) { "(\($0) lost)" }
        let line = String(repeating: "x", count: 99)
        let start = ContinuousClock.now
        for _ in 0..<20_000 { queue.write(line) }
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(queue.lost > 19_000, "\(queue.lost)")
        #expect(!queue.flush(within: 0.05), "what waits still waits")
        queue.write("never")
        let lost = queue.lost
        var text = ""
        try await eventually("all is written") {
            text += pipe.text()
            return queue.flush(within: 0.01)
        }
        queue.write("afterwards")
        #expect(queue.flush(within: 10))
        text += pipe.text()
        let lines = text.split(separator: "\n")
        let told = lines.compactMap { $0.wholeMatch(of: /\((\d+) lost\)/).flatMap { Int($0.1) } }.reduce(0, +)
        #expect(told == lost && queue.lost == lost, "\(told), \(lost)")
        #expect(lines.count { $0 == line } == 20_001 - lost)
        #expect(lines.last == "afterwards")
    }

    @Test("a closed pipe and a full device lose lines, and nothing else")
    func dead() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try Pipe()
        close(pipe.read)
        for descriptor in [pipe.write, open("/dev/full", O_WRONLY), -1] {
            let queue = LineQueue(descriptor: descriptor)
            for _ in 0..<10 { queue.write("for nobody") }
            #expect(queue.flush(within: 10))
            #expect(queue.lost == 10)
        }
    }

    @Test("a disk that was full for a while says how many lines it did not take", .enabled(if: Disk.isPossible))
    func fullForAWhile() throws {
        let disk = try Disk(kilobytes: 64)
        defer { disk.remove() }
        let (log, ballast) = ("\(disk.path)/log", "\(disk.path)/ballast")
        let queue = LineQueue(descriptor: open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600)) { "(\($0) lost)" }
        let line = String(repeating: "x", count: 999)
        queue.write(line)
        #expect(queue.flush(within: 10))
        let file = open(ballast, O_WRONLY | O_CREAT, 0o600)
        let zeros = [UInt8](repeating: 0, count: 4096)
        while write(file, zeros, zeros.count) > 0 {}
        close(file)
        for _ in 0..<20 { queue.write(line) }
        #expect(queue.flush(within: 10))
        unlink(ballast)
        queue.write("afterwards")
        #expect(queue.flush(within: 10))
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(queue.lost > 0)
        #expect(lines.suffix(2) == ["(\(queue.lost) lost)", "afterwards"], "\(lines.map(\.count))")
    }
}
