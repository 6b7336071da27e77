import WorkerLink

/// What `frame.jpg` and `detections` are asked for: a view, which frame, and how long that may take.
struct PictureQuery: Sendable, Hashable {
    var variant: Variant
    /// A frame that comes after the request, instead of the newest there is.
    var isForNext = false
    var patience = TapFeed.snapshotPatience

    /// Seconds.
    private static let patienceRange = 0.05...30.0

    /// - Throws: `parameter_invalid`.
    init(_ query: [(name: String, value: String)]) throws(ServiceError) {
        variant = try StreamOptions(query: query, others: ["timeout", "wait"]).variant
        for (name, value) in query {
            switch name {
            case "wait":
                guard value == "next" else { throw .badQuery(name, value, "'next'") }
                isForNext = true
            case "timeout":
                guard let seconds = Double(value), Self.patienceRange.contains(seconds) else {
                    throw .badQuery(name, value, "seconds from 0.05 to 30")
                }
                patience = .milliseconds(Int(seconds * 1000))
            default: break
            }
        }
    }

    /// - Throws: `no_picture`.
    func picture(of feed: TapFeed, within limits: ViewLimits) async throws(ServiceError) -> SharedFrame {
        isForNext
            ? try await feed.nextSnapshot(variant, within: limits, patience: patience)
            : try await feed.snapshot(variant, within: limits, patience: patience)
    }
}

extension Variant {
    /// Short and without spaces.
    var tag: String {
        [width, height, quality].map { $0.map { String($0) } ?? "" }.joined(separator: "x")
    }
}
