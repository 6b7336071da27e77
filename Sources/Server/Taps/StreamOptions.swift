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
    /// - Throws: `parameter_invalid`, naming the parameter and its range, the nearest name of one, or the one that has two values.
    init(query: [(name: String, value: String)], others: [String] = []) throws(ServiceError) {
        var seen: [String: String] = [:]
        for (name, value) in query {
            guard let option = TapOption(rawValue: name) else {
                guard others.contains(name) || Self.isFiller(name) else {
                    throw .unknownQuery(name, known: TapOption.allCases.map(\.rawValue) + others)
                }
                if others.contains(name) { try Self.expectOnce(name, value, &seen) }
                continue
            }
            try Self.expectOnce(name, value, &seen)
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

    /// Video comes as its camera sends it.
    ///
    /// - Throws: `parameter_invalid` for any such option, and as `init`.
    static func expectNone(query: [(name: String, value: String)], others: [String] = []) throws(ServiceError) {
        _ = try StreamOptions(query: query, others: others)
        if let (name, value) = query.first(where: { TapOption(rawValue: $0.name) != nil }) {
            throw .badQuery(name, value, "left out: video comes as the camera sends it")
        }
    }

    /// Which of two sizes was meant, nobody knows.
    private static func expectOnce(
        _ name: String, _ value: String, _ seen: inout [String: String]
    ) throws(ServiceError) {
        if let other = seen.updateValue(value, forKey: name), other != value {
            throw .ambiguousQuery(name, other, value)
        }
    }

    private static func whole(_ option: TapOption, _ value: String) throws(ServiceError) -> Int {
        guard let number = Int(value), option.range.contains(Double(number)) else {
            throw .badQuery(option.rawValue, value, option.expectation)
        }
        return number
    }
}
