public import WorkerLink

/// Holds the newest frame of one point of a plan and encodes it for whoever wants it.
///
/// The pipeline's side (`offer`) is one uncontended lock: it never waits for an encode or a viewer.
public final class StreamTap: Sendable {
    public let id: String
    /// The node whose frames it holds.
    public let attachPoint: String

    /// - Parameter deliver: called on an encoder thread with each finished picture; must not block.
    ///   `FrameHeader.tap` is `index`.
    public init(
        id: String, attachPoint: String, index: Int, defaults: Variant, fps: Double?, encoders: EncoderPool,
        deliver: @escaping @Sendable (EncodedFrame) -> Void
    ) {
        self.id = id
        self.attachPoint = attachPoint
    }

    /// Takes the newest frame; the one before is forgotten. Never blocks.
    public func offer(_ frame: Frame) {}

    /// The newest frame, nil before the first.
    public var newest: Frame? { nil }

    /// The complete set of what is wanted of this tap, replacing the one before.
    public func demand(_ wanted: [WantedVariant]) {}

    /// Encodes the newest frame once more in each variant demanded, and as it is, and returns when they are delivered.
    public func deliverLast() {}

    public var progress: TapProgress { TapProgress(tap: id) }
}

/// The threads that all lanes of a worker share: min(cores, 4), below capture's priority.
public final class EncoderPool: Sendable {
    public init(threads: Int? = nil) {}
}
