import WorkerLink

/// The variant and rate that a viewer asks for with `?width= ?height= ?fps= ?quality=`.
struct StreamOptions: Sendable, Hashable {
    var variant = Variant.asIs
    /// Frames per second; nil means every frame.
    var fps: Double?

    /// - Throws: `ServiceError` 400 naming the parameter and its range.
    init(query: [(name: String, value: String)]) throws(ServiceError) {
        for (name, value) in query {
            switch name {
            case "width": variant.width = try Self.integer(name, value, 16...7680)
            case "height": variant.height = try Self.integer(name, value, 16...4320)
            case "quality": variant.quality = try Self.integer(name, value, 1...100)
            case "fps":
                guard let fps = Double(value), fps >= 0.1, fps <= 240 else {
                    throw .badQuery(name, value, "a number from 0.1 to 240")
                }
                self.fps = fps
            default: break
            }
        }
    }

    private static func integer(
        _ name: String, _ value: String, _ range: ClosedRange<Int>
    ) throws(ServiceError) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw .badQuery(name, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
