internal import WorkerLink

/// Finds out why a camera could not be reached: rtspsrc says "Generic error" for a closed port and for an unknown
/// host alike.
enum ConnectionProbe {
    struct Finding: Error, Sendable {
        var reason: FailureReason
        /// The system's words.
        var words: String
    }

    /// Connects once more, on a thread of its own, and tells what the system says.
    ///
    /// - Returns: nil when the address is no network address, or when connecting works.
    static func probe(_ location: String, within seconds: Double = 1.5) -> Finding? {
        guard let place = NetworkPlace(location) else { return nil }
        let silence = Finding(reason: .unreachable, words: "no answer")
        return Waiting.result(within: seconds, else: silence) { () -> Finding? in
            do throws(Finding) {
                _ = try ProbeConnection(to: place, within: seconds)
                return nil
            } catch {
                return error
            }
        }
    }
}
