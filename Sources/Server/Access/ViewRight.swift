import Foundation

/// Taps that somebody may watch, and how. Keys are a contract.
package struct ViewRight: Sendable, Hashable, Codable {
    /// Which ones.
    package var taps: TapPattern
    /// The box that pictures are made to fit into, pixels; nil: as they are.
    package var maxWidth: Int?
    /// Its other side, pixels.
    package var maxHeight: Int?
    /// Pictures per second, at most; nil: all.
    package var maxFPS: Double?
    /// When, each day; nil: always.
    package var hours: DailyHours?

    /// Every tap, without limits.
    static let everything = TapPattern("*").map { [ViewRight($0)] } ?? []

    enum CodingKeys: String, CodingKey, CaseIterable {
        case taps, hours
        case maxWidth = "max_width"
        case maxHeight = "max_height"
        case maxFPS = "max_fps"
    }

    /// A right to watch, without limits but those given.
    package init(
        _ taps: TapPattern, maxWidth: Int? = nil, maxHeight: Int? = nil, maxFPS: Double? = nil, hours: DailyHours? = nil
    ) {
        self.taps = taps
        self.maxWidth = maxWidth
        self.maxHeight = maxHeight
        self.maxFPS = maxFPS
        self.hours = hours
    }

    /// What sizes and rates can be said to be.
    package static let sizes = 16...16_384
    package static let rates = 0.01...1000.0

    package init(from decoder: any Decoder) throws {
        let given = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted()
        let known = CodingKeys.allCases.map(\.rawValue)
        // A limit that was mistyped would be none.
        if let unknown = given.first(where: { !known.contains($0) }) {
            throw Self.refusal(
                "a view has a key '\(unknown.prefix(64))' that nobody knows; it may have \(known.joined(separator: ", "))",
                decoder)
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        taps = try container.decode(TapPattern.self, forKey: .taps)
        maxWidth = try container.decodeIfPresent(Int.self, forKey: .maxWidth)
        maxHeight = try container.decodeIfPresent(Int.self, forKey: .maxHeight)
        maxFPS = try container.decodeIfPresent(Double.self, forKey: .maxFPS)
        hours = try container.decodeIfPresent(DailyHours.self, forKey: .hours)
        for size in [maxWidth, maxHeight].compactMap(\.self) where !Self.sizes.contains(size) {
            throw Self.refusal("\(size) is no size of a picture: 16 to 16384 pixels", decoder)
        }
        if let maxFPS, !Self.rates.contains(maxFPS) {
            throw Self.refusal("\(maxFPS) is no rate: 0.01 to 1000", decoder)
        }
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func refusal(_ words: String, _ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: words))
    }

    /// - Returns: nil: not now.
    func limits(at now: Date) -> ViewLimits? {
        var limits = ViewLimits(maxWidth: maxWidth, maxHeight: maxHeight, maxFPS: maxFPS)
        if let hours {
            guard let end = hours.end(of: now) else { return nil }
            limits.until = end
        }
        return limits
    }
}
