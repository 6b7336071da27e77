internal import Plans
internal import WorkerLink

/// What a plan may say of a `streamtap`.
enum TapOptions {
    static let descriptions = [
        StageOptionDescription(
            name: "width", type: "integer", default: .integer(0), minimum: 0, maximum: 16384,
            summary: "Box the picture must fit in, pixels; 0 leaves this side free"),
        StageOptionDescription(
            name: "height", type: "integer", default: .integer(0), minimum: 0, maximum: 16384,
            summary: "Box the picture must fit in, pixels; 0 leaves this side free"),
        StageOptionDescription(
            name: "fps", type: "number", default: .number(0), minimum: 0, maximum: 1000,
            summary: "Highest rate, frames a second; 0 means every frame"),
        StageOptionDescription(
            name: "quality", type: "integer", default: .integer(0), minimum: 0, maximum: 100,
            summary: "JPEG quality 1…100; 0 means a JPEG camera's own, else \(Variant.defaultQuality)"),
    ]

    static func tap(_ options: StageOptions, id: String, attachPoint: String) -> CompiledTap {
        func positive(_ name: String) -> Int? { options.integer(name).flatMap { $0 > 0 ? $0 : nil } }
        return CompiledTap(
            id: id, attachPoint: attachPoint,
            defaults: Variant(width: positive("width"), height: positive("height"), quality: positive("quality")),
            fps: options.number("fps").flatMap { $0 > 0 ? $0 : nil })
    }
}
