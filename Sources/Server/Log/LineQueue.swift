import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Lines on their way to a descriptor that may be full, closed, or a pipe that nobody reads.
///
/// Whoever writes never waits, and never hears of trouble: a thread of the queue's own does both. Lines that find no room, or
/// that the descriptor does not take, are counted, and the count is told in their place as soon as one is taken again.
package final class LineQueue: @unchecked Sendable {  // `condition` guards what the thread does not own alone
    private struct Entry {
        var line: [UInt8]
        /// Lines that would have stood before it.
        var lostBefore: Int
    }

    private let descriptor: Int32
    private let mostLines: Int
    private let mostBytes: Int
    private let lossLine: @Sendable (Int) -> String

    private let condition = NSCondition()
    private var entries: [Entry] = []
    private var bytes = 0
    /// Since the newest entry.
    private var lostBehind = 0
    private var lostInAll = 0
    private var isWriting = false
    /// The thread's own: lost since a line was last taken.
    private var untold = 0
    /// The thread's own: a line was taken in part.
    private var isMidLine = false

    /// Starts a thread that lives as long as the process.
    ///
    /// - Parameters:
    ///   - descriptor: where lines go; it stays open, and is nobody else's to write to.
    ///   - lines: how many may wait.
    ///   - bytes: how much may wait.
    ///   - lossLine: what is written in the place of so many lost lines, without its line break.
    package init(
        descriptor: Int32, lines: Int = 4096, bytes: Int = 1 << 20,
        lossLine: @escaping @Sendable (Int) -> String = { "\($0) lines were not written" }
    ) {
        self.descriptor = descriptor
        self.mostLines = lines
        self.mostBytes = bytes
        self.lossLine = lossLine
        Thread.detachNewThread { self.run() }
    }

    /// Lines that were not written since the beginning.
    package var lost: Int { condition.withLock { lostInAll } }

    /// Takes a line, without its break, or counts it as lost; returns at once.
    package func write(_ line: String) {
        let line = Array(line.utf8) + [UInt8(ascii: "\n")]
        condition.withLock {
            guard entries.count < mostLines, bytes + line.count <= mostBytes else {
                lostBehind += 1
                lostInAll += 1
                return
            }
            entries.append(Entry(line: line, lostBefore: lostBehind))
            lostBehind = 0
            bytes += line.count
            condition.broadcast()
        }
    }

    /// Waits until everything has been written or lost.
    ///
    /// - Returns: false when that took longer.
    @discardableResult
    package func flush(within seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while isWriting || !entries.isEmpty || lostBehind > 0 {
                guard condition.wait(until: deadline) else { return false }
            }
            return true
        }
    }

    // MARK: The thread

    private func run() {
        while true {
            let (batch, lost) = takeAll()
            for entry in batch {
                untold += entry.lostBefore
                deliver(entry.line)
            }
            untold += lost
            if untold > 0 { tellLoss() }
        }
    }

    /// What waits; waits for it.
    private func takeAll() -> ([Entry], lost: Int) {
        condition.withLock {
            isWriting = false
            condition.broadcast()
            while entries.isEmpty, lostBehind == 0 { condition.wait() }
            defer {
                entries = []
                lostBehind = 0
            }
            isWriting = true
            return (entries, lostBehind)
        }
    }

    private func deliver(_ line: [UInt8]) {
        if untold > 0 { tellLoss() }
        let isTaken = put(line)
        // Room only now: what is being written counts, or twice as much could wait.
        condition.withLock {
            bytes -= line.count
            if !isTaken { lostInAll += 1 }
        }
        if !isTaken { untold += 1 }
    }

    private func tellLoss() {
        if put(Array(lossLine(untold).utf8) + [UInt8(ascii: "\n")]) { untold = 0 }
    }

    private func put(_ line: [UInt8]) -> Bool {
        var line = line
        if isMidLine { line.insert(UInt8(ascii: "\n"), at: 0) }
        switch DescriptorOutput.write(line, to: descriptor) {
        case .all:
            isMidLine = false
            return true
        case .failed(let written, _):
            isMidLine = isMidLine ? written != 1 : written > 0
            return false
        }
    }
}
