internal import Plans
internal import WorkerLink

/// What a plan may say of a `streamtap`. A default of 0 stands for an option not given.
enum TapOptions {
    static let description = StageDescription(
        name: "streamtap", summary: "Holds the newest frame for viewers",
        options: TapOption.allCases.map { option in
            StageOptionDescription(
                name: option.rawValue, type: option.isWhole ? .integer : .number,
                default: option.isWhole ? .integer(0) : .number(0),
                minimum: option.range.lowerBound, maximum: option.range.upperBound, summary: summary(of: option))
        })

    private static func summary(of option: TapOption) -> String {
        switch option {
        case .width: "Width of the box the picture must fit in, pixels"
        case .height: "Height of the box the picture must fit in, pixels"
        case .fps: "Highest rate, frames a second"
        case .quality: "JPEG quality"
        }
    }

    /// Without those that say nothing: the description's ranges are for the others.
    static func given(_ assignments: [PropertyAssignment]) -> [PropertyAssignment] {
        assignments.filter { assignment in
            guard TapOption(rawValue: assignment.name) != nil else { return true }
            return switch assignment.value {
            case .literal(let text): !TapOption.isUnset(text)
            case .bound(let value, _): !TapOption.isUnset(value.text)
            case .parameter: true
            }
        }
    }

    static func tap(_ options: StageOptions, id: String, attachPoint: String) -> CompiledTap {
        func positive(_ name: String) -> Int? { options.integer(name).flatMap { $0 > 0 ? $0 : nil } }
        return CompiledTap(
            id: id, attachPoint: attachPoint,
            defaults: Variant(width: positive("width"), height: positive("height"), quality: positive("quality")),
            fps: options.number("fps").flatMap { $0 > 0 ? $0 : nil })
    }
}
