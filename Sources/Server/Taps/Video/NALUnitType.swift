import WorkerLink

/// NAL units that a sample of an MP4 file leaves out: parameter sets, which stand in its header, and delimiters.
enum NALUnitType {
    case sequenceSet, pictureSet, videoSet, delimiter

    /// - Returns: nil for any other (H.264, table 7-1; H.265, table 7-1).
    init?(_ unit: UnsafeRawBufferPointer, _ coding: VideoCoding) {
        guard let header = unit.first else { return nil }
        switch (coding, coding == .h264 ? header & 31 : header >> 1 & 63) {
        case (.h264, 7), (.h265, 33): self = .sequenceSet
        case (.h264, 8), (.h265, 34): self = .pictureSet
        case (.h265, 32): self = .videoSet
        case (.h264, 9), (.h265, 35): self = .delimiter
        default: return nil
        }
    }
}
