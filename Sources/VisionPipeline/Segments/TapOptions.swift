internal import Plans
internal import WorkerLink

/// What a plan may say of a `streamtap`. A default of 0 stands for an option not given.
enum TapOptions {
    static let description = StageDescription(
        name: "streamtap", summary: "Holds the newest frame for viewers",
        options: [
            StageOptionDescription(
                name: "width", type: .integer, default: .integer(0), minimum: 16, maximum: 7680,
                summary: "Width of the box the picture must fit in, pixels"),
            StageOptionDescription(
                name: "height", type: .integer, default: .integer(0), minimum: 16, maximum: 4320,
                summary: "Height of the box the picture must fit in, pixels"),
            StageOptionDescription(
                name: "fps", type: .number, default: .number(0), minimum: 0.01, maximum: 240,
                summary: "Highest rate, frames a second"),
            StageOptionDescription(
                name: "quality", type: .integer, default: .integer(0), minimum: 1, maximum: 100,
                summary: "JPEG quality"),
        ])

    static func tap(_ options: StageOptions, id: String, attachPoint: String) -> CompiledTap {
        func positive(_ name: String) -> Int? { options.integer(name).flatMap { $0 > 0 ? $0 : nil } }
        return CompiledTap(
            id: id, attachPoint: attachPoint,
            defaults: Variant(width: positive("width"), height: positive("height"), quality: positive("quality")),
            fps: options.number("fps").flatMap { $0 > 0 ? $0 : nil })
    }
}
