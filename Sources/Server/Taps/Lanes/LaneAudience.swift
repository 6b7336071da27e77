import WorkerLink

/// Those whom one lane serves; confined to its loop.
protocol LaneAudience: AnyObject, SendableMetatype {
    /// What is handed round.
    associatedtype Item: Sendable

    /// Nobody is left.
    var isEmpty: Bool { get }

    /// Serves some of them, with the newer item where there is one.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    /// - Returns: whether some have not had their turn.
    func serve(_ newer: Item?, at now: Int64) -> Bool

    /// The instance's state is another one.
    func stateChanged(_ change: InstanceStateChange)
    /// How the tap's video is coded is known, or is another one.
    func codingChanged()
    /// Nothing more will come.
    func end(_ reason: FailureReason)
}
