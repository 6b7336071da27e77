import NIOCore

/// One who watches a tap's video as its camera sends it.
protocol VideoSubscriber: TapViewer {
    /// Where units go that are no keyframes, each as its WebSocket message, while that is free: then nobody else is asked.
    var directVideo: DirectOutput? { get }

    /// - Parameters:
    ///   - isLeading: it was captured before the viewer came: it only leads to the newest picture.
    ///   - skipped: units that the viewer has missed right before this one, which is a keyframe then.
    /// - Returns: bytes of the message; nil where the video is none for this viewer any more, who ends then.
    func send(_ unit: SharedUnit, isLeading: Bool, skipped: Int) -> Int?
}

extension VideoSubscriber {
    var directVideo: DirectOutput? { nil }
}

/// A unit that is handed round by one thread: what each viewer needs of it, at hand. As `Delivery` is of pictures, and for the same reason.
struct UnitDelivery {
    let unit: SharedUnit
    let ordinal: UInt64
    /// CLOCK_MONOTONIC, nanoseconds.
    let captured: Int64
    let isKey: Bool
    let message: ByteBuffer

    init(_ unit: SharedUnit) {
        self.unit = unit
        (ordinal, captured, isKey, message) = (unit.ordinal, unit.captured, unit.isKey, unit.message)
    }
}
