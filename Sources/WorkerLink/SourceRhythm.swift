/// What is known of how a source gives its pictures, and of whether it is there at all.
public struct SourceRhythm: Hashable, Sendable {
    /// So many of its newest distances are what `interval` and `longest` were learnt from, at most 32.
    public var known: Int
    /// The longest of those, seconds.
    public var longest: Double?
    /// Distance by the caps' frame rate, seconds; nil where they say none.
    public var stated: Double?
    /// The longest silence that it came back from by itself while its session went on, of whichever attempt: seconds.
    public var survived: Double?
    /// When anything came from it last that shows that it is there: a packet of whatever stream, a report, a byte, an answer to a
    /// question whether it is. CLOCK_MONOTONIC, nanoseconds; nil where nothing could.
    public var lastSign: Int64?
    /// When nothing comes it is asked whether it is there, and `lastSign` is its answer: that there is none says something.
    public var isAsked: Bool
    /// How long the plan lets it be silent, seconds; nil where it says nothing.
    public var allowed: Double?

    /// - Parameter known: as of a source that has given pictures for a while, where it is left out.
    public init(
        known: Int = 32, longest: Double? = nil, stated: Double? = nil, survived: Double? = nil, lastSign: Int64? = nil,
        isAsked: Bool = false, allowed: Double? = nil
    ) {
        self.known = known
        self.longest = longest
        self.stated = stated
        self.survived = survived
        self.lastSign = lastSign
        self.isAsked = isAsked
        self.allowed = allowed
    }
}

extension SourceRhythm {
    /// A session that goes on shows it about every five seconds: cameras send reports at that distance (RFC 3550, 6.2).
    private static let signInterval: Int64 = .nanoseconds(10)

    /// Something came a moment ago.
    ///
    /// - Parameter now: CLOCK_MONOTONIC of the worker, nanoseconds.
    package func showsLife(at now: Int64) -> Bool {
        guard let lastSign else { return false }
        let (age, overflow) = now.subtractingReportingOverflow(lastSign)
        return !overflow && age < Self.signInterval
    }

    /// Something came behind a frame, and not with it.
    ///
    /// - Parameter frame: CLOCK_MONOTONIC of the worker, nanoseconds.
    package func hasShownLife(since frame: Int64) -> Bool { lastSign.map { $0 > frame &+ .nanoseconds(0.5) } ?? false }
}
