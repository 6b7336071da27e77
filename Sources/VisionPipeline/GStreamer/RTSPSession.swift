internal import CGStreamer
internal import Dispatch
internal import Foundation
internal import Synchronization
internal import WorkerLink

/// What goes on between an rtspsrc and its server: redirects are bounded and held to the rules, streams that nothing takes are left out,
/// and a session over TCP is kept alive, which rtspsrc 1.22 does over UDP only.
final class RTSPSession: ElementAttachment, @unchecked Sendable {
    // `element` owns this object, and is used under `asking`, or by its own thread.

    /// What is found out about the server; outlives the session.
    let findings: RTSPFindings
    private let element: UnsafeMutablePointer<GstElement>
    private let rules: SourceRules
    private let sign: SourceSigns.Sign?
    /// Held while the server is being asked something.
    private let asking = DispatchSemaphore(value: 1)
    private let hasEnded = Atomic(false)
    private let queue = DispatchQueue(label: "streamtap.rtsp")
    private let timer: any DispatchSourceTimer

    /// Where cameras send their clients back and forth, they do without end.
    private static let redirectLimit = 5
    /// Seconds: what RFC 2326 12.37 says where a server does not, less than half of it.
    private static let usualInterval = 25.0
    private static let intervals = 1.0...30.0
    /// A server that sends nothing for so long is asked whether it is there, nanoseconds …
    private static let silence: Int64 = 3_000_000_000
    /// … where that may be its way: it has done so before, or has sent for no longer than this yet, and is asked this soon the first
    /// time, so that a pause is soon told from an end. One that is asked and has frozen is lost after `tcp-timeout`, and sources in the
    /// same picture with it.
    private static let beginning: Int64 = 1_000_000_000

    private init(
        _ element: UnsafeMutablePointer<GstElement>, _ nodeID: String, _ streams: RTSPStreams, _ rules: SourceRules,
        _ sign: SourceSigns.Sign?
    ) {
        self.element = element
        self.rules = rules
        self.sign = sign
        findings = RTSPFindings(nodeID, way: rules.experience.keepAlive[nodeID] ?? .parameter, streams)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.look() }
        timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(100))
        timer.activate()
    }

    deinit { timer.cancel() }

    /// - Parameters:
    ///   - element: an rtspsrc, which keeps the session.
    ///   - streams: what is behind it.
    static func install(
        on element: UnsafeMutablePointer<GstElement>, nodeID: String, streams: RTSPStreams, rules: SourceRules,
        sign: SourceSigns.Sign?
    ) -> RTSPSession {
        let session = RTSPSession(element, nodeID, streams, rules, sign)
        session.attach(to: element)
        typealias Sending =
            @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<GstRTSPMessage>?, UnsafeMutableRawPointer?)
            -> gboolean
        let sending: Sending = { _, request, context in
            if let request, let context {
                Unmanaged<RTSPSession>.fromOpaque(context).takeUnretainedValue().isSending(request)
            }
            return 1
        }
        typealias Selecting =
            @convention(c) (
                UnsafeMutableRawPointer?, guint, UnsafeMutablePointer<GstCaps>?, UnsafeMutableRawPointer?
            ) -> gboolean
        let selecting: Selecting = { _, _, caps, context in
            guard let caps, let context else { return 1 }
            let session = Unmanaged<RTSPSession>.fromOpaque(context).takeUnretainedValue()
            return session.findings.state.withLock { $0.streams.takes(caps) } ? 1 : 0
        }
        let context = Unmanaged.passUnretained(session).toOpaque()
        for (signal, handler) in [
            ("before-send", unsafeBitCast(sending, to: GCallback.self)),
            ("select-stream", unsafeBitCast(selecting, to: GCallback.self)),
        ] {
            g_signal_connect_data(element, signal, handler, context, nil, GConnectFlags(rawValue: 0))
        }
        return session
    }

    /// Asks nothing any more. Returns soon, also where a question hangs.
    func end() {
        timer.cancel()
        hasEnded.store(true, ordering: .sequentiallyConsistent)
        if asking.wait(timeout: .now() + .milliseconds(300)) == .success { asking.signal() }
    }

    // MARK: What rtspsrc sends, and what is answered

    /// Sessions by the address of the request that they have sent last: an answer is shown with that, and on the same thread.
    private static let sent = Mutex<[UInt: Unowned]>([:])
    private struct Unowned { weak var session: RTSPSession? }

    /// On rtspsrc's thread.
    private func isSending(_ request: UnsafeMutablePointer<GstRTSPMessage>) {
        Self.sent.withLock { $0[UInt(bitPattern: request)] = Unowned(session: self) }
        // Before it is sent elsewhere.
        findings.state.withLock { if $0.address == nil { $0.address = element.text("location") } }
        guard request.method == GST_RTSP_GET_PARAMETER else { return }
        let way = findings.state.withLock {
            $0.isUnanswered = true
            return $0.way
        }
        // What rtspsrc asks for is a parameter, and it wants a name for one; without a body it is the question whether it is there.
        request.removeBody()
        request.set(GST_RTSP_HDR_CONTENT_TYPE, nil)
        if way == .options { request.pointee.type_data.request.method = GST_RTSP_OPTIONS }
    }

    /// On rtspsrc's thread.
    static func answered(
        _ request: UnsafeMutablePointer<GstRTSPMessage>, _ response: UnsafeMutablePointer<GstRTSPMessage>
    ) {
        guard let session = sent.withLock({ $0.removeValue(forKey: UInt(bitPattern: request)) })?.session else {
            return
        }
        session.hear(request, response)
    }

    private func hear(
        _ request: UnsafeMutablePointer<GstRTSPMessage>, _ response: UnsafeMutablePointer<GstRTSPMessage>
    ) {
        guard response.pointee.type == GST_RTSP_MESSAGE_RESPONSE else { return }
        let isAlive = findings.state.withLock { state in
            guard state.isUnanswered else { return false }
            state.isUnanswered = false
            // Not allowed, not implemented, not supported.
            if [405, 501, 551].contains(response.status) { state.way = state.way.next }
            return true
        }
        if isAlive {
            sign?.note()
            return
        }
        switch (request.method, response.status) {
        case (_, 301), (_, 302): redirect(response)
        case (_, 401):
            let ways = RTSPChallenge.unknownWays(in: response.values(GST_RTSP_HDR_WWW_AUTHENTICATE))
            findings.state.withLock { $0.unknownWays = ways }
        case (GST_RTSP_OPTIONS, 200): hearMethods(response)
        case (GST_RTSP_SETUP, 200):
            let isOverTCP = response.values(GST_RTSP_HDR_TRANSPORT).contains {
                $0.uppercased().contains("/TCP") || $0.lowercased().contains("interleaved")
            }
            let timeout = response.values(GST_RTSP_HDR_SESSION).lazy.compactMap(Self.timeout).first
            findings.state.withLock { ($0.isOverTCP, $0.timeout) = (isOverTCP, timeout) }
        case (GST_RTSP_SETUP, 461): findings.state.withLock { $0.isTransportRefused = true }
        case (GST_RTSP_PLAY, 200):
            findings.state.withLock { ($0.isRunning, $0.asked) = (true, MonotonicClock.now()) }
        default: break
        }
    }

    /// `47112344;timeout=60`: seconds.
    private static func timeout(of session: String) -> Double? {
        guard let match = session.firstMatch(of: /;\s*timeout\s*=\s*([0-9]{1,9})/.ignoresCase()),
            let seconds = Double(match.output.1), seconds > 0
        else { return nil }
        return seconds
    }

    /// rtspsrc asks nothing of a server that does not say that it takes GET_PARAMETER. One that does not is asked for OPTIONS.
    private func hearMethods(_ response: UnsafeMutablePointer<GstRTSPMessage>) {
        let said = response.values(GST_RTSP_HDR_PUBLIC) + response.values(GST_RTSP_HDR_ALLOW)
        guard element.flags("protocols") & Self.udp == 0,
            !said.contains(where: { $0.uppercased().contains("GET_PARAMETER") })
        else { return }
        findings.state.withLock { if $0.way == .parameter { $0.way = .options } }
        // What rtspsrc takes for granted where a server says nothing at all.
        gst_rtsp_message_add_header(
            response, GST_RTSP_HDR_PUBLIC, said.isEmpty ? "DESCRIBE, SETUP, GET_PARAMETER" : "GET_PARAMETER")
    }

    /// Of GstRTSPLowerTrans: UDP and multicast.
    private static let udp: guint = 3

    private func redirect(_ response: UnsafeMutablePointer<GstRTSPMessage>) {
        let count = findings.state.withLock {
            $0.redirects += 1
            return $0.redirects
        }
        guard let location = response.values(GST_RTSP_HDR_LOCATION).first else { return }
        let answer: SourceRules.Redirect =
            if count > Self.redirectLimit {
                .refuse("the camera sends its clients on without end, now to \(location.prefix(200))")
            } else if !["rtsp://", "rtsps://"].contains(where: location.lowercased().hasPrefix) {
                .refuse("the camera sends its clients to \(location.prefix(200)), which is no camera's address")
            } else {
                rules.redirect(location)
            }
        switch answer {
        case .follow(let address):
            Log.write("'\(findings.nodeID)': the camera sends its clients to \(location.prefix(200))")
            keepCredentials(from: address)
            response.set(GST_RTSP_HDR_LOCATION, address)
        case .refuse(let words):
            // Without an address rtspsrc gives up, and says nothing.
            response.set(GST_RTSP_HDR_LOCATION, nil)
            element.post(.settings, words)
        }
    }

    /// A user's name and password are for the host that the plan names, and for no other that says it was sent their owner
    /// (RFC 9110 15.4). Those in the new address are the camera's own.
    private func keepCredentials(from address: String) {
        guard let own = findings.state.withLock({ $0.address }), !rules.isSameHost(address, own),
            element.text("user-id")?.isEmpty == false
        else { return }
        findings.state.withLock { $0.hasKeptPassword = true }
        element.clear(text: "user-id")
        element.clear(text: "user-pw")
        Log.write("'\(findings.nodeID)': that is another host, which is not told the password")
    }

    // MARK: Keeping it alive

    /// Once a second.
    private func look() {
        let now = MonotonicClock.now()
        let asks = element.boolean("do-rtsp-keep-alive") == true
        let isDue = findings.state.withLock { state in
            guard asks, state.isRunning, state.isOverTCP, state.way != .none else {
                sign?.isAsked = false
                return false
            }
            guard !state.isUnanswered else { return false }
            let interval = state.timeout.map { min(max($0 / 2, Self.intervals.lowerBound), Self.intervals.upperBound) }
            let age = now - state.asked
            let silence = sign?.last.map { now - $0 } ?? 0
            let isSilent = silence > Self.silence
            if state.isSilent, !isSilent { state.hasBeenSilent = true }
            state.isSilent = isSilent
            let hasJustBegun = sign.map { $0.span < Self.beginning } ?? false
            sign?.isAsked = hasJustBegun || state.hasBeenSilent
            if hasJustBegun, !state.hasBeenAsked, silence > Self.beginning, age > Self.beginning {
                state.hasBeenSilent = true
                return true
            }
            // The timer itself may be late.
            return Double(age) / 1e9 + 0.5 >= interval ?? Self.usualInterval
                || isSilent && (state.hasBeenSilent || hasJustBegun) && age > Self.silence
        }
        guard isDue, asking.wait(timeout: .now()) == .success else { return }
        defer { asking.signal() }
        guard !hasEnded.load(ordering: .sequentiallyConsistent) else { return }
        findings.state.withLock { ($0.asked, $0.hasBeenAsked) = (now, true) }
        ask()
    }

    /// Has rtspsrc ask the server for a parameter, which `isSending` makes a question of.
    private func ask() {
        let promise = gst_promise_new()
        defer { gst_promise_unref(promise) }
        var values = [GValue](repeating: GValue(), count: 4)
        g_value_init(&values[0], g_type_of(element))
        g_value_set_object(&values[0], element)
        g_value_init(&values[1], GObjectType.string)
        g_value_set_string(&values[1], "ping")
        g_value_init(&values[2], GObjectType.string)
        g_value_init(&values[3], gst_promise_get_type())
        g_value_set_boxed(&values[3], UnsafeRawPointer(promise))
        var answer = GValue()
        g_value_init(&answer, GObjectType.boolean)
        defer {
            for index in values.indices { g_value_unset(&values[index]) }
            g_value_unset(&answer)
        }
        let signal = g_signal_lookup("get-parameter", g_type_of(element))
        if signal != 0 { g_signal_emitv(values, signal, 0, &answer) }
    }
}

/// The type of an object; a macro, which Swift does not import.
private func g_type_of(_ element: UnsafeMutablePointer<GstElement>) -> GType {
    element.pointee.object.object.g_type_instance.g_class.pointee.g_type
}
