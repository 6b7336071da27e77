/// How long a camera is asked for nobody, where its plan has it asked on demand only; pure.
struct DemandPatience: Sendable {
    /// Nanoseconds: who turns from one picture to another may turn back.
    static let linger: Int64 = .seconds(10)

    let isOnDemand: Bool
    /// Since when nobody looks: CLOCK_MONOTONIC, nanoseconds; nil while somebody does.
    private var unwantedSince: Int64?

    /// Nobody looks yet.
    init(isOnDemand: Bool, at now: Int64) {
        self.isOnDemand = isOnDemand
        unwantedSince = now
    }

    /// Somebody looks, or the camera is asked whether anybody does or not.
    var isWanted: Bool { !isOnDemand || unwantedSince == nil }

    /// Somebody looks, or nobody any more.
    mutating func note(_ isWanted: Bool, at now: Int64) {
        unwantedSince = isWanted ? nil : unwantedSince ?? now
    }

    /// When the camera is left alone; nil: not by that.
    var deadline: Int64? { isOnDemand ? unwantedSince.map { $0 + Self.linger } : nil }

    func isOver(at now: Int64) -> Bool { deadline.map { now >= $0 } ?? false }
}
