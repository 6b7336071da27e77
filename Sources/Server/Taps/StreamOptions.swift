import Plans
import WorkerLink

/// The variant and rate that a viewer asks for with `?width= ?height= ?fps= ?quality=`.
struct StreamOptions: Sendable, Hashable {
    var variant = Variant.asIs
    /// Frames per second; nil means every frame.
    var fps: Double?

    /// Names that people add so that no cache answers; they say nothing.
    private static let fillers: Set = [
        "_", "t", "ts", "time", "timestamp", "r", "rand", "random", "rnd", "v", "x", "cb", "cachebust", "cachebuster",
        "nocache",
        "cache", "dummy",
    ]

    /// Some players take an address for a stream only where it ends like one: `?dummy=param.mjpg`, `?.mjpg`, `?x.mjpeg`.
    private static func isFiller(_ name: String) -> Bool {
        fillers.contains(name.lowercased()) || [".mjpg", ".mjpeg", ".jpg", ".jpeg"].contains(where: name.hasSuffix)
    }

    /// - Parameter others: names that mean something to the caller.
    /// - Throws: `parameter_invalid`, naming the parameter and its range, or the nearest name of one.
    init(query: [(name: String, value: String)], others: [String] = []) throws(ServiceError) {
        for (name, value) in query {
            guard let option = TapOption(rawValue: name) else {
                guard others.contains(name) || Self.isFiller(name) else {
                    throw .unknownQuery(name, known: TapOption.allCases.map(\.rawValue) + others)
                }
                continue
            }
            switch option {
            case .width: variant.width = try Self.whole(option, value)
            case .height: variant.height = try Self.whole(option, value)
            case .quality: variant.quality = try Self.whole(option, value)
            case .fps:
                guard let fps = Double(value), option.range.contains(fps) else {
                    throw .badQuery(name, value, option.expectation)
                }
                self.fps = fps
            }
        }
    }

    private static func whole(_ option: TapOption, _ value: String) throws(ServiceError) -> Int {
        guard let number = Int(value), option.range.contains(Double(number)) else {
            throw .badQuery(option.rawValue, value, option.expectation)
        }
        return number
    }
}
