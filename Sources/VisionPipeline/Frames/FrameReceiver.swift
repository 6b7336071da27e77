/// What frames of one point of a plan are offered to: a tap, the stages behind the point, or the way into a branch.
///
/// Whoever has frames knows nothing else of what becomes of them, so that GStreamer's side does not depend on the chain, nor
/// the chain on GStreamer.
protocol FrameReceiver: AnyObject, Sendable {
    /// Takes the next frame, or loses it. From one thread at a time, which what is not live may hold up.
    func offer(_ frame: Frame)

    /// Whether frames come as they are captured, and are lost when they come too fast. Told before the first one.
    func configure(isLive: Bool)

    /// The rate that the source now says; nil where it says none. Told on the frames' thread, before the first that has it.
    func rateChanged(to rate: FrameRate?)

    /// Since when a frame has been worked on that is not done yet, CLOCK_MONOTONIC nanoseconds; of several the oldest. Nil: none is.
    var busySince: Int64? { get }

    /// Frames that could not be decoded by whom they were offered to.
    var decodeErrors: UInt64 { get }

    /// Whether it has any use for frames just now. Where it has none, those that cost something to make are not made.
    var wantsFrames: Bool { get }

    /// In the place of a frame that was not made: when its coded picture came, CLOCK_MONOTONIC nanoseconds, and the size, pixels.
    func pass(at arrival: Int64, width: Int, height: Int)

    /// From now on frames are not made: the newest will soon be old.
    func forgetNewest()

    /// No frame comes any more. Waits until those under way have come out, so never from a thread that they need.
    func endOfStream()
}

extension FrameReceiver {
    func configure(isLive: Bool) {}
    func rateChanged(to rate: FrameRate?) {}
    var busySince: Int64? { nil }
    var wantsFrames: Bool { true }
    func pass(at arrival: Int64, width: Int, height: Int) {}
    func forgetNewest() {}
    var decodeErrors: UInt64 { 0 }
    func endOfStream() {}
}

/// Frames a second, as a fraction.
struct FrameRate: Hashable, Sendable {
    var numerator: Int32
    var denominator: Int32
}
