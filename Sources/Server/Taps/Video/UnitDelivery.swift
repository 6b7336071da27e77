import NIOCore

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
