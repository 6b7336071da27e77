/// How long to wait before the next attempt, of a whole instance or of one source in a worker. Pure: time and chance come
/// from outside.
///
/// Three ladders, because three things want different patience: a camera that is away comes back within seconds; one
/// that refuses credentials or a path may lock the account when asked too often; a worker that keeps crashing costs
/// the machine something each time.
package struct RetrySchedule: Sendable {
    /// 0.5 s to 30 s, seconds.
    private static let steps: [Double] = [0.5, 1, 2, 5, 10, 30]
    /// First wait after a refusal, seconds; doubles up to `longestRefusal`.
    private static let firstRefusal: Double = 30
    private static let longestRefusal: Double = 300
    /// So many crashes within `crashWindow` bring the slow retry.
    private static let crashLimit = 5
    private static let crashWindow: Int64 = .nanoseconds(60)
    /// Seconds.
    private static let slowRetry: Double = 60

    private var failures = 0
    private var refusals = 0
    /// Moments of the crashes within the window, oldest first.
    private var crashes: [Int64] = []
    private var isSlow = false

    /// Nothing has failed yet.
    package init() {}

    /// Counts a failure and says how long to wait.
    ///
    /// - Parameters:
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    ///   - jitter: factor on the wait, 0.8…1.2, so that cameras that failed together do not return together.
    /// - Returns: nanoseconds.
    package mutating func delay(after reason: FailureReason, at now: Int64, jitter: Double) -> Int64 {
        .nanoseconds(seconds(after: reason, at: now) * min(max(jitter, 0.8), 1.2))
    }

    private mutating func seconds(after reason: FailureReason, at now: Int64) -> Double {
        if reason.isRefusal {
            refusals = min(refusals + 1, 16)
            return min(Self.firstRefusal * Double(1 << (refusals - 1)), Self.longestRefusal)
        }
        failures = min(failures + 1, Self.steps.count)
        if reason.isCrash {
            crashes.removeAll { now - $0 > Self.crashWindow }
            crashes.append(now)
            if crashes.count >= Self.crashLimit {
                isSlow = true
                crashes.removeAll()
            }
            if isSlow { return Self.slowRetry }
        }
        return Self.steps[failures - 1]
    }

    /// Good frames came for long enough: the next failure is a first one again.
    package mutating func reset() {
        self = RetrySchedule()
    }
}

extension FailureReason {
    /// The camera understood and said no.
    package var isRefusal: Bool {
        switch self {
        case .unauthorized, .authenticationUnsupported, .notFound: true
        default: false
        }
    }

    /// The worker itself is at fault, not the camera.
    package var isCrash: Bool {
        switch self {
        case .workerCrashed, .workerUnresponsive, .workerProtocol, .workerStart, .resourceLimit: true
        default: false
        }
    }

    /// Trying again cannot help: the plan has to change, or its file.
    package var isFinal: Bool {
        switch self {
        case .planInvalid, .elementMissing, .fileUnreadable: true
        default: false
        }
    }
}

extension Int64 {
    /// Of seconds; what does not fit is clamped.
    static func nanoseconds(_ seconds: Double) -> Int64 {
        Int64(exactly: (seconds * 1_000_000_000).rounded()) ?? (seconds < 0 ? .min : .max)
    }
}
