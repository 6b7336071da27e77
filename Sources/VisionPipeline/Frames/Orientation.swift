/// How a picture's rows and columns lie to what the camera saw.
///
/// The raw values are those of EXIF's tag 0x0112 (CIPA DC-008, 4.6.5.1); GStreamer's `image-orientation` names the same eight.
public enum Orientation: Int, Hashable, Sendable, CaseIterable {
    /// The first row is the top, the first column the left side.
    case upright = 1
    /// Left and right are exchanged.
    case mirrored = 2
    /// To be turned by 180°.
    case rotated180 = 3
    /// Top and bottom are exchanged.
    case flipped = 4
    /// Rows are columns.
    case transposed = 5
    /// To be turned by 90° clockwise.
    case rotated90 = 6
    /// Rows are columns, from the far corner.
    case transversed = 7
    /// To be turned by 270° clockwise.
    case rotated270 = 8

    /// Whether width and height change places when the picture is put upright.
    public var exchangesSides: Bool { rawValue >= 5 }
}
