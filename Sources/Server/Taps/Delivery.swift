import NIOCore

/// A picture that is handed round by one thread: what each viewer needs of it, at hand.
///
/// Other threads hand the same frame round. To hold it once more, or to ask it for a form, is to wait for memory that they
/// have just changed; so that is done once for all viewers, one after the other, that take the same form.
struct Delivery {
    let frame: SharedFrame
    let sequence: UInt64
    let ordinal: UInt64
    /// CLOCK_MONOTONIC, nanoseconds.
    let captured: Int64
    let rate: Double?
    /// In the form that was asked for last.
    private(set) var message: ByteBuffer
    /// Of that message, bytes; 0 where it has none of its own.
    private(set) var metadataLength = 0
    private var form = SharedFrame.Form.binary

    init(_ frame: SharedFrame) {
        self.frame = frame
        (sequence, ordinal, captured, rate) = (frame.sequence, frame.ordinal, frame.captured, frame.rate)
        message = frame.binaryMessage
    }

    /// Makes `message` one of that form.
    mutating func take(_ form: SharedFrame.Form) {
        guard form != self.form else { return }
        self.form = form
        (message, metadataLength) = frame.message(form)
    }
}
