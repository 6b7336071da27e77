/// How long somebody stays signed in.
package struct AccessLimits: Sendable, Hashable {
    /// Microseconds without a request or an open socket: 7 days.
    package var idle: Int64 = 7 * 86_400 * 1_000_000
    /// Microseconds in all: 30 days.
    package var absolute: Int64 = 30 * 86_400 * 1_000_000

    /// What there is when nobody has said anything.
    package init() {}
}
