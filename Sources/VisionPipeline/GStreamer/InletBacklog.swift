/// Buffers that wait while their branch is made anew: a few seconds of them, and not without end in bytes.
///
/// What is too much goes from the end, so that what comes out begins where the new branch began to be made; behind a gap
/// the next keyframe is the first that is any good again, which is the inlet's to see to.
struct InletBacklog: ~Copyable {
    private static let seconds: Int64 = 5_000_000_000
    private static let bytes = 64 << 20

    private var waiting: [InletBuffer] = []
    private var size = 0
    /// Since something was refused, nothing is taken before a keyframe.
    private var isBroken = false

    var isEmpty: Bool { waiting.isEmpty }

    /// - Returns: false for what it has no room for, which is the caller's still.
    mutating func append(_ buffer: InletBuffer) -> Bool {
        if isBroken, !buffer.isKey { return false }
        let bytes = buffer.bytes
        let isLong = waiting.first.map { buffer.captured - $0.captured > Self.seconds } ?? false
        guard !isLong, size + bytes <= Self.bytes else {
            isBroken = true
            return false
        }
        isBroken = false
        waiting.append(buffer)
        size += bytes
        return true
    }

    /// All of them, in order; the backlog is empty then.
    mutating func take() -> [InletBuffer] {
        defer { (waiting, size, isBroken) = ([], 0, false) }
        return waiting
    }

    deinit { waiting.forEach { $0.drop() } }
}
