/// How long a stream has gone on without what is waited for, by its own time: a busy machine changes nothing about it, nor does a
/// film that is played faster.
struct StreamPatience {
    /// Nanoseconds. Longer than cameras take from one keyframe to the next; some never send one, and say nothing of it.
    private static let limit: Int64 = 45_000_000_000
    /// A longer step is no time between two pictures, but a clock that was set: nanoseconds.
    private static let longestStep: UInt64 = 10_000_000_000
    /// Between pictures that have no time of use, nanoseconds.
    private static let assumedStep: Int64 = 40_000_000
    /// Where times lead nowhere: more than there are in the limit, in slices too.
    private static let mostBuffers = 20_000

    private var last: Int64?
    private var waited: Int64 = 0
    private var buffers = 0

    /// Something has come that is not what is waited for.
    ///
    /// - Parameter time: its timestamp, in whatever order; nil: it has none.
    /// - Returns: whether it is not worth while to wait any longer.
    mutating func isOver(at time: Int64?) -> Bool {
        buffers += 1
        if let time {
            // Pictures that are shown in another order go back and forth.
            let (step, overflow) = time.subtractingReportingOverflow(last ?? time)
            waited += !overflow && step.magnitude < Self.longestStep ? step : Self.assumedStep
            last = time
        } else {
            waited += Self.assumedStep
        }
        return waited > Self.limit || buffers > Self.mostBuffers
    }
}

extension StreamPatience {
    /// - Parameter timestamp: of a buffer; `UInt64.max`: none.
    mutating func isOver(at timestamp: UInt64) -> Bool {
        isOver(at: timestamp == .max ? nil : Int64(clamping: timestamp))
    }
}
