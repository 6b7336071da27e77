/// What a frame's numbers mean as colours (ITU-T H.273).
public struct Colorimetry: Hashable, Sendable {
    /// Which numbers are black and white.
    public enum Range: Hashable, Sendable {
        /// Luma and chroma 0…255, as JPEG has it.
        case full
        /// Luma 16…235, chroma 16…240, as most cameras give it.
        case limited
    }

    /// How luma and chroma are made of red, green and blue.
    public enum Matrix: Hashable, Sendable {
        /// Kr 0.299, Kb 0.114. JPEG's own.
        case bt601
        /// Kr 0.2126, Kb 0.0722.
        case bt709
        /// Kr 0.2627, Kb 0.0593.
        case bt2020
    }

    /// How light becomes numbers.
    public enum Transfer: Hashable, Sendable {
        /// As BT.709, BT.601 and sRGB have it; they are near enough to each other.
        case ordinary
        /// SMPTE ST 2084, up to 10 000 cd/m².
        case pq
        /// ARIB STD-B67.
        case hlg
    }

    /// Which red, green and blue.
    public enum Primaries: Hashable, Sendable {
        /// Those of BT.709 and sRGB, and others that are near enough to them.
        case bt709
        /// The wide ones of BT.2020.
        case bt2020
    }

    /// Which numbers are black and white.
    public var range: Range
    /// How luma and chroma are made of red, green and blue.
    public var matrix: Matrix
    /// How light becomes numbers.
    public var transfer: Transfer
    /// Which red, green and blue.
    public var primaries: Primaries

    /// A range and a matrix, each independent of the other.
    public init(range: Range, matrix: Matrix, transfer: Transfer = .ordinary, primaries: Primaries = .bt709) {
        self.range = range
        self.matrix = matrix
        self.transfer = transfer
        self.primaries = primaries
    }

    /// JFIF: full range, BT.601.
    public static let jpeg = Colorimetry(range: .full, matrix: .bt601)

    /// The luma of black: 0 in full range, 16 in limited range. The chroma of no colour is 128 in both.
    public var black: UInt8 { range == .full ? 0 : 16 }

    /// The same matrix with luma and chroma 0…255.
    var expanded: Colorimetry {
        Colorimetry(range: .full, matrix: matrix, transfer: transfer, primaries: primaries)
    }

    /// Whether a screen as JPEG has it in mind shows something else than was meant.
    var isWide: Bool { transfer != .ordinary || primaries != .bt709 }
}

extension Colorimetry.Matrix {
    /// Kr and Kb: the shares of red and blue in luma (ITU-T H.273, table 4).
    var lumaWeights: (red: Double, blue: Double) {
        switch self {
        case .bt601: (0.299, 0.114)
        case .bt709: (0.2126, 0.0722)
        case .bt2020: (0.2627, 0.0593)
        }
    }
}
