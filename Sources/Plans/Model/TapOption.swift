/// What a `streamtap` can be told, and a viewer can ask of one; the only table of what these may be.
public enum TapOption: String, CaseIterable, Sendable {
    /// Box that the picture must fit in, pixels.
    case width, height
    /// Highest rate, frames per second.
    case fps
    /// JPEG quality.
    case quality

    /// What it may be; in a plan also 0, which says nothing.
    public var range: ClosedRange<Double> {
        switch self {
        case .width: 16...7680
        case .height: 16...4320
        case .fps: 0.01...240
        case .quality: 1...100
        }
    }

    /// Whether it has no fractions.
    public var isWhole: Bool { self != .fps }

    /// For example `a whole number from 16 to 7680`.
    public var expectation: String {
        func shown(_ bound: Double) -> String { Int(exactly: bound).map { "\($0)" } ?? "\(bound)" }
        let kind = isWhole ? "a whole number" : "a number"
        return "\(kind) from \(shown(range.lowerBound)) to \(shown(range.upperBound))"
    }

    /// Whether a plan's value says nothing, as if the option were not there.
    public static func isUnset(_ text: String) -> Bool { NumberText.integer(text) == 0 }

    var types: Set<ParameterDeclaration.ValueType> { isWhole ? [.integer] : [.integer, .number] }

    /// What a plan's `text` should have been, when it is something else.
    func problem(with text: String) -> String? {
        let number = isWhole ? NumberText.integer(text).map { Double($0) } : NumberText.number(text)
        if let number, number == 0 || range.contains(number) { return nil }
        return "'\(rawValue)' is \(expectation)"
    }
}
