/// What a `streamtap` can be told: the picture it gives to viewers who ask for nothing. 0 means not said.
enum TapOption: String, CaseIterable {
    /// Box that the picture must fit in, pixels.
    case width, height
    /// Highest rate, frames per second.
    case fps
    /// JPEG quality.
    case quality

    var types: Set<ParameterDeclaration.ValueType> { self == .fps ? [.integer, .number] : [.integer] }

    private var range: ClosedRange<Double> {
        switch self {
        case .width, .height: 0...16384
        case .fps: 0...1000
        case .quality: 0...100
        }
    }

    /// What is expected, when `text` is something else.
    func problem(with text: String) -> String? {
        let number = self == .fps ? NumberText.number(text) : NumberText.integer(text).map { Double($0) }
        if let number, range.contains(number) { return nil }
        return self == .fps
            ? "'fps' is a number from 0 to 1000"
            : "'\(rawValue)' is a whole number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
    }
}
