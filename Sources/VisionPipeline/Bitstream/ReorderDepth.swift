/// How many pictures are decoded before one that is shown earlier: 0 in a video without B-frames. Learnt from when pictures are to be shown.
struct ReorderDepth {
    /// H.264 and H.265 allow no more.
    private static let most = 16
    /// After so many it would have been seen: coders begin with it soon behind a keyframe.
    private static let enough = 32

    /// No picture is shown so much earlier than one that came before it, nanoseconds.
    private static let longest: Int64 = 1_000_000_000

    private var recent: [Int64] = []
    private var count = 0
    private var depth = 0

    /// Nil while nobody can tell.
    var known: Int? { depth > 0 || count >= Self.enough ? depth : nil }

    /// - Parameter shown: of the next picture in the order in which they are decoded; nil where it says nothing.
    mutating func note(_ shown: Int64?) {
        guard let shown else {
            count = 0
            return
        }
        // A clock was set: what came before says nothing of what comes now.
        if let last = recent.last, last &- shown > Self.longest { recent = [] }
        count += 1
        depth = max(depth, recent.count { $0 > shown })
        recent.append(shown)
        if recent.count > Self.most { recent.removeFirst() }
    }
}
