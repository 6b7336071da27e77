import Foundation

/// What somebody may do: compiled from what is stored of them. Keys are a contract.
package struct Rights: Sendable, Hashable, Codable {
    /// Nil: nothing but what is said below.
    package var role: Role?
    /// What a viewer sees; whoever may do more sees everything.
    package var views: [ViewRight]
    /// Whether `/metrics` is read by them, though they are no operator.
    package var metrics: Bool

    /// Everything.
    static let all = Rights(role: .admin)

    /// Rights of a role, and what goes beyond it.
    package init(role: Role?, views: [ViewRight] = [], metrics: Bool = false) {
        self.role = role
        self.views = views
        self.metrics = metrics
    }

    /// Whether nothing can be changed with it: such a token may stand in an address.
    var isViewOnly: Bool { (role ?? .viewer) == .viewer && !metrics }

    /// Whether every instance and tap is seen without limits.
    var seesAll: Bool { (role ?? .viewer) > .viewer }

    /// How a tap may be watched; nil: not at all. Of several rights to it the one counts that was given first and is in time.
    func limits(instance: String, tap: String, at now: Date) -> ViewLimits? {
        if seesAll { return ViewLimits.none }
        return views.lazy.filter { $0.taps.matches(instance: instance, tap: tap) }.compactMap { $0.limits(at: now) }
            .first
    }

    /// Whether there may be a tap of this instance for them, at whatever hour.
    func sees(instance: String) -> Bool {
        seesAll || views.contains { $0.taps.matches(instance: instance) }
    }

    /// The same for one tap.
    func sees(instance: String, tap: String) -> Bool {
        seesAll || views.contains { $0.taps.matches(instance: instance, tap: tap) }
    }
}
