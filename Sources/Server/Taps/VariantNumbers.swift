import NIOCore
import WorkerLink

/// What came of one variant of a tap's pictures.
struct VariantTotals: Sendable, Hashable {
    /// Pictures that workers sent, each once.
    var pictures: UInt64 = 0
    var bytes: UInt64 = 0
    /// From the frame to the JPEG.
    var encodeTimes = DurationHistogram(.work)

    mutating func record(_ frame: ReceivedFrame) {
        pictures &+= 1
        bytes &+= UInt64(clamping: frame.jpeg.readableBytes)
        // What was encoded for another variant, or once before, says 0.
        if frame.header.encodeMicros > 0 { encodeTimes.record(Int64(frame.header.encodeMicros) &* 1000) }
    }
}

/// A tap's totals by variant, over all its workers.
struct VariantNumbers: Sendable {
    /// Variants that are told apart: viewers may ask for any number of sizes, and each is a row for ever.
    static let limit = 16

    private(set) var totals: [Variant: VariantTotals] = [:]
    /// Of variants that came when there were so many already.
    private(set) var others = VariantTotals()

    mutating func record(_ frame: ReceivedFrame) {
        let variant = frame.header.variant
        guard variant.content == .picture else { return }
        if totals[variant] != nil || totals.count < Self.limit {
            totals[variant, default: VariantTotals()].record(frame)
        } else {
            others.record(frame)
        }
    }

    /// By label, in the order of the labels.
    var rows: [(label: String, totals: VariantTotals)] {
        let known = totals.map { ($0.key.label, $0.value) }.sorted { $0.0 < $1.0 }
        return others.pictures > 0 ? known + [("other", others)] : known
    }
}

extension Variant {
    /// `640x360@80`, `640x` or `as-is`, for people and for labels of metrics.
    var label: String {
        let box =
            width == nil && height == nil ? "" : "\(width.map(String.init) ?? "")x\(height.map(String.init) ?? "")"
        let text = box + (quality.map { "@\($0)" } ?? "")
        return text.isEmpty ? "as-is" : text
    }
}
