internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// The RTSP sessions of one pipeline: those of the plan's own sources, and of sources that bins make.
final class RTSPSessions: ElementAttachment, Sendable {
    private struct State {
        var sessions: [Unowned] = []
        var findings: [RTSPFindings] = []
    }
    private struct Unowned { weak var session: RTSPSession? }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - pipeline: keeps what is returned to whoever asks for it.
    ///   - names: ids of the plan's nodes by the names that the sources have in it.
    ///   - chains: what stands behind the plan's own, by id; see `RTSPStreams`.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>, names: [String: String], chains: [String: [String?]],
        rules: SourceRules, signs: SourceSigns
    ) -> RTSPSessions {
        let sessions = RTSPSessions()
        sessions.attach(to: pipeline)
        ElementWatch.install(on: pipeline) { [weak sessions] element in
            guard element.factoryName == "rtspsrc", RTSPSession.of(element) == nil else { return }
            let name = element.pointee.object.name.map { String(cString: $0) } ?? ""
            guard let id = names[name] ?? names[element.nameOfOutermostBin] else { return }
            let streams = RTSPStreams(chains: names[name] == nil ? [] : chains[id] ?? [])
            let session = RTSPSession.install(
                on: element, nodeID: id, streams: streams, rules: rules, sign: signs[id])
            sessions?.state.withLock {
                $0.sessions.append(Unowned(session: session))
                $0.findings.append(session.findings)
            }
        }
        return sessions
    }

    private init() {}

    /// Servers are asked nothing any more. Returns soon.
    func end() {
        for session in state.withLock({ $0.sessions.compactMap(\.session) }) { session.end() }
    }

    private var findings: [RTSPFindings] { state.withLock { $0.findings } }

    /// How servers take being asked whether they are there, by the plan's nodes.
    var keepAlive: [String: KeepAlive] {
        Dictionary(findings.map { ($0.nodeID, $0.keepAlive) }, uniquingKeysWith: { $1 })
    }

    /// Ways to take a password, of a server that knows no other.
    var unknownWays: [String] { findings.flatMap(\.unknownWays) }

    /// A password was kept from a host that a camera has sent its clients to.
    var hasKeptPassword: Bool { findings.contains(where: \.hasKeptPassword) }

    /// A server does not send in the way that it was asked to.
    var isTransportRefused: Bool { findings.contains(where: \.isTransportRefused) }

    /// Codings of streams that nothing takes, of servers of which nothing is taken.
    var refusedStreams: [String] { findings.flatMap(\.refusedStreams) }
}
