import Plans

/// Whether anything moves, kept for a while after the last movement.
struct MotionHold {
    /// The label of a `motion-state`.
    enum State: String {
        case motion, still
    }

    /// How long after the last movement.
    var seconds: Double
    private(set) var isActive = false
    /// When the state became what it is.
    private var since: Double?
    private var lastMovement = 0.0
    private var now = 0.0

    init(seconds: Double) {
        self.seconds = seconds
    }

    /// - Parameter time: seconds, later each time.
    mutating func update(isMoving: Bool, at time: Double) {
        if since == nil { since = time }
        now = time
        if isMoving {
            lastMovement = time
            if !isActive { since = time }
            isActive = true
        } else if isActive, time - lastMovement >= seconds {
            since = time
            isActive = false
        }
    }

    /// The state as a detection of the whole picture.
    ///
    /// - Parameter moving: the share of the picture that moves now.
    func detection(width: Int, height: Int, moving: Double) -> Detection {
        var state = Detection(
            kind: .motionState, label: (isActive ? State.motion : .still).rawValue, score: min(moving, 1),
            box: .init(x: 0, y: 0, width: Double(width), height: Double(height)))
        state.data = [
            "active": .boolean(isActive), "moving_share": .number(moving),
            "state_seconds": .number(now - (since ?? now)),
        ]
        return state
    }
}
