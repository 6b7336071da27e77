import NIOCore

/// The newest event of each subject, in the order in which they happened; pure.
///
/// Whoever has read up to some number gets what is behind it, however long ago that was: of each subject the newest, and no more
/// than there are subjects.
struct StateBoard: Sendable {
    private struct Entry: Sendable {
        /// Of which only the newest event counts.
        var subject: String
        var event: StateEvent
    }

    /// Instances that are gone, remembered for those who have not heard of it.
    static let removedLimit = 256

    /// Of the last event there was.
    private(set) var sequence: UInt64 = 0
    /// Whoever has read no further than this begins anew, with a snapshot.
    private(set) var forgotten: UInt64 = 0
    /// The newest snapshot, and the last request that it answers.
    private(set) var snapshot: (event: StateEvent, request: UInt64)?
    /// By rising number.
    private var entries: [Entry] = []

    mutating func publish(
        _ kind: StateEvent.Kind, of subject: String, members: String, narrowed: @escaping StateEvent.Narrowed
    ) {
        sequence += 1
        entries.removeAll { $0.subject == subject }
        entries.append(Entry(subject: subject, event: StateEvent(kind, sequence, members: members, narrowed: narrowed)))
        guard kind == .removed, entries.count(where: { $0.event.kind == .removed }) > Self.removedLimit,
            let oldest = entries.firstIndex(where: { $0.event.kind == .removed })
        else { return }
        forgotten = entries.remove(at: oldest).event.sequence
    }

    /// - Parameter request: the last one that was there when it was begun.
    mutating func publishSnapshot(
        members: String, answering request: UInt64, narrowed: @escaping StateEvent.Narrowed
    ) {
        snapshot = (StateEvent(.snapshot, sequence, members: members, narrowed: narrowed), request)
    }

    /// Nobody is left who has read anything.
    mutating func forgetAll() {
        (entries, snapshot, forgotten) = ([], nil, sequence)
    }

    /// What happened after that number, in one piece; nil: nothing.
    ///
    /// - Parameter rights: of what they may see.
    func bytes(after sequence: UInt64, _ framing: EventFraming, for rights: Rights = .all) -> ByteBuffer? {
        let begin = entries.lastIndex { $0.event.sequence <= sequence }.map { $0 + 1 } ?? 0
        guard begin < entries.endIndex else { return nil }
        var bytes: ByteBuffer?
        for entry in entries[begin...] {
            guard let event = entry.event.bytes(framing, for: rights) else { continue }
            if bytes == nil { bytes = event } else { bytes?.writeImmutableBuffer(event) }
        }
        return bytes
    }
}
