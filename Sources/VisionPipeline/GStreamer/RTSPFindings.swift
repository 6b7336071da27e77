internal import Synchronization
internal import WorkerLink

/// What is found out about an RTSP server in one session.
final class RTSPFindings: Sendable {
    struct State {
        var streams: RTSPStreams
        /// How it is asked whether it is there.
        var way: KeepAlive
        /// Of a session that nobody asks for anything, seconds; nil where it does not say.
        var timeout: Double?
        var isOverTCP = false
        /// When it was last asked: CLOCK_MONOTONIC, nanoseconds.
        var asked: Int64 = 0
        var hasBeenAsked = false
        var isUnanswered = false
        var redirects = 0
        /// The address that the plan names.
        var address: String?
        /// It was sent to a host that is not told the password.
        var hasKeptPassword = false
        var unknownWays: [String] = []
        var isRunning = false
        var isSilent = false
        /// It has been silent for a while, and went on.
        var hasBeenSilent = false
        var isTransportRefused = false
    }

    /// The plan's node.
    let nodeID: String
    let state: Mutex<State>

    init(_ nodeID: String, way: KeepAlive, _ streams: RTSPStreams) {
        self.nodeID = nodeID
        state = Mutex(State(streams: streams, way: way))
    }

    /// How it takes being asked: what it has not answered, the next attempt does not try.
    var keepAlive: KeepAlive { state.withLock { $0.isUnanswered ? $0.way.next : $0.way } }

    /// Ways to take a password of which none is known.
    var unknownWays: [String] { state.withLock { $0.unknownWays } }

    /// It does not send in the way that it was asked to.
    var isTransportRefused: Bool { state.withLock { $0.isTransportRefused } }

    /// Its password was kept from a host that it was sent to.
    var hasKeptPassword: Bool { state.withLock { $0.hasKeptPassword } }

    /// Codings of streams that nothing takes, where nothing takes any.
    var refusedStreams: [String] { state.withLock { $0.streams.isEmpty ? $0.streams.refused : [] } }
}
