import Foundation

/// How a tap may be watched by somebody who may.
struct ViewLimits: Sendable, Hashable {
    /// Pixels; nil: as it is.
    var maxWidth: Int?
    var maxHeight: Int?
    /// Pictures per second; nil: all.
    var maxFPS: Double?
    /// When it is over; nil: not by the time of day.
    var until: Date?

    /// Every picture as it is.
    static let none = ViewLimits()

    /// Whether what a camera sends may be seen as it is.
    var isWhole: Bool { maxWidth == nil && maxHeight == nil && maxFPS == nil }

    /// Nil: pictures may be as large as they are.
    var bound: PictureBound? {
        maxWidth == nil && maxHeight == nil ? nil : PictureBound(width: maxWidth, height: maxHeight)
    }
}
