internal import Foundation
internal import WorkerLink

/// What waits to be written: control messages in order, the newest report on how it goes, and at most one frame a tap and
/// variant, the newest.
///
/// A server that reads slowly therefore costs a bounded amount of memory, and holds no pipeline.
final class LinkOutbox: @unchecked Sendable {  // all state is guarded by `condition`
    enum Item {
        case control([UInt8])
        case frame(EncodedFrame)
        case unit(UnitHeader, AccessUnit)
    }

    private struct Key: Hashable {
        var tap: Int
        var variant: Variant
    }

    private let condition = NSCondition()
    private var control: [[UInt8]] = []
    private var progress: [UInt8]?
    private var frames: [Key: EncodedFrame] = [:]
    /// Those of `frames`, longest waiting first.
    private var order: [Key] = []
    /// By tap: frames whose place a newer one took.
    private var replaced: [Int: UInt64] = [:]
    /// Of coded video, in order: each needs those before it.
    private var units = RingBuffer<(header: UnitHeader, unit: AccessUnit)>()
    private var unitBytes = 0
    /// Taps of which a unit was lost: nothing before their next keyframe is of use.
    private var torn: Set<Int> = []
    /// Bytes of units that wait: a server that takes no more for seconds gets what comes then.
    private static let unitLimit = 24 << 20
    private var lastWord: [UInt8]?
    private var isClosed = false
    private var isDrained = false

    /// Waits in order: each of these is written.
    func send(_ message: [UInt8]) {
        condition.withLock {
            guard !isClosed else { return }
            control.append(message)
            condition.broadcast()
        }
    }

    /// Takes the place of the report before, which says nothing that this one does not.
    func send(progress message: [UInt8]) {
        condition.withLock {
            guard !isClosed else { return }
            progress = message
            condition.broadcast()
        }
    }

    /// Takes the place of the variant's picture before.
    func send(_ frame: EncodedFrame) {
        condition.withLock {
            guard !isClosed else { return }
            let key = Key(tap: frame.header.tap, variant: frame.header.variant)
            var frame = frame
            if let replaced = frames[key] {
                // The picture that takes its place answers what it would have answered.
                frame.header.once = max(frame.header.once, replaced.header.once)
                self.replaced[key.tap, default: 0] += 1
            } else {
                order.append(key)
            }
            frames[key] = frame
            condition.broadcast()
        }
    }

    /// Waits in order; behind one that finds no room all of its tap's are lost before the next keyframe.
    func send(_ unit: AccessUnit, tap: Int, number: UInt64) {
        condition.withLock {
            guard !isClosed else { return }
            if unit.isKey { torn.remove(tap) }
            guard !torn.contains(tap) else { return }
            guard unitBytes + unit.byteCount <= Self.unitLimit else {
                torn.insert(tap)
                return
            }
            unitBytes += unit.byteCount
            units.append(
                (
                    UnitHeader(
                        tap: tap, coding: unit.coding, isKey: unit.isKey, reorderDepth: unit.reorderDepth ?? 0,
                        sequence: number,
                        captured: unit.captured, shown: unit.shown,
                        width: unit.width, height: unit.height), unit
                ))
            condition.broadcast()
        }
    }

    /// Frames of a tap that were never written, since a newer one took their place.
    func replaced(ofTap tap: Int) -> UInt64 {
        condition.withLock { replaced[tap, default: 0] }
    }

    /// Nothing more comes: `message` is written behind everything else.
    func close(with message: [UInt8]) {
        condition.withLock {
            guard !isClosed else { return }
            isClosed = true
            lastWord = message
            condition.broadcast()
        }
    }

    /// The next thing to write: control first. Waits; nil when closed and empty.
    func next() -> Item? {
        condition.withLock {
            while true {
                if !control.isEmpty { return .control(control.removeFirst()) }
                if let message = progress.take() { return .control(message) }
                if let next = units.popFirst() {
                    unitBytes -= next.unit.byteCount
                    return .unit(next.header, next.unit)
                }
                if !order.isEmpty, let frame = frames.removeValue(forKey: order.removeFirst()) { return .frame(frame) }
                if let last = lastWord.take() { return .control(last) }
                if isClosed { return nil }
                condition.wait()
            }
        }
    }

    /// The writer has written everything, or can write no more.
    func finish() {
        condition.withLock {
            isClosed = true
            isDrained = true
            condition.broadcast()
        }
    }

    /// - Returns: false when the server did not take everything in time.
    func waitUntilDrained(seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !isDrained, condition.wait(until: deadline) {}
            return isDrained
        }
    }
}
