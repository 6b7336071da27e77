/// What the access units of a coded point of a plan are offered to; as `FrameReceiver` for frames.
protocol UnitReceiver: AnyObject, Sendable {
    /// Before the first unit of an attempt at the source.
    ///
    /// - Parameter clock: what makes of running times the times of frames.
    func begin(with clock: FrameClock)

    /// Takes the next one. From one thread at a time, and never waits.
    func offer(_ unit: AccessUnit)

    /// One was lost before the next.
    func lose()

    /// None comes any more, of this attempt. Waits until those under way have been shown.
    func endOfStream()

    /// Nobody will look any more. Not from a streaming thread.
    func stop()
}
