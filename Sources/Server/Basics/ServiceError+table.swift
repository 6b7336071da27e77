import Plans
import WorkerLink

/// Every error that the server answers with: status, code, message.
extension ServiceError {
    static func malformed(_ message: String) -> Self { Self(status: 400, code: "malformed", message: message) }
    static func badQuery(_ name: String, _ value: String, _ expected: String) -> Self {
        Self(status: 400, code: "parameter_invalid", message: "\(name) is '\(value.prefix(40))', not \(expected)")
    }
    static func unknownPlan(_ name: String) -> Self {
        Self(status: 404, code: "plan_unknown", message: "no plan is named '\(name)'")
    }
    static func unknownInstance(_ id: String) -> Self {
        Self(status: 404, code: "instance_unknown", message: "no instance is named '\(id)'")
    }
    static func unknownTap(_ tap: String, instance: String) -> Self {
        Self(status: 404, code: "tap_unknown", message: "StreamTap \(tap) not found for instance \(instance)")
    }
    static func noPicture(tap: String, instance: String, state: StateChange) -> Self {
        let why = [state.reason?.rawValue, state.message].compactMap(\.self).joined(separator: ": ")
        return Self(
            status: 503, code: "no_picture",
            message: "StreamTap \(tap) of instance \(instance) has had no frame yet; the instance is "
                + state.state.rawValue + (why.isEmpty ? "" : " (\(why))"))
    }
    static func notDetecting(tap: String, instance: String, attachPoint: String) -> Self {
        Self(
            status: 404, code: "not_detecting",
            message: "frames reach StreamTap \(tap) of instance \(instance) at '\(attachPoint)', "
                + "before any stage that detects")
    }
    static func unknownChannel(_ channel: UInt16) -> Self {
        Self(status: 404, code: "channel_unknown", message: "channel \(channel) has no tap; subscribe first")
    }
    static func channelInUse(_ channel: UInt16) -> Self {
        Self(status: 409, code: "channel_in_use", message: "channel \(channel) has a tap already; unsubscribe first")
    }
    static let tooManyRequests = Self(
        status: 429, code: "too_many_requests", message: "slow down: 20 changes of channels a second are taken")
    static let tooManyChannels = Self(
        status: 429, code: "too_many_channels",
        message: "a socket has at most \(TapChannelsHandler.channelLimit) channels")
    static func instanceExists(_ id: String) -> Self {
        Self(status: 409, code: "instance_exists", message: "an instance named '\(id)' exists already")
    }
    static func invalidPlan(_ diagnostics: [Diagnostic]) -> Self {
        let errors = diagnostics.count { $0.severity == .error }
        return Self(
            status: 422, code: "plan_invalid",
            message: errors == 1 ? "the plan has an error" : "the plan has \(errors) errors", details: diagnostics)
    }

    // What HTTP itself allows.
    static let timeout = Self(status: 408, code: "timeout", message: "the request took too long to arrive")
    static let notHTTP = Self(status: 400, code: "malformed", message: "this is not HTTP/1.1")
    static let oneHost = Self(
        status: 400, code: "malformed", message: "a request has one Host header, NAME or NAME:PORT")
    static let headerTooLarge = Self(
        status: 431, code: "header_too_large", message: "at most 100 header fields and 16 KiB of them are read")
    static let tooManyConnections = Self(
        status: 503, code: "too_many_connections", message: "too many connections are open; try again later")
    static let notJSON = Self(
        status: 415, code: "not_json", message: "the body's Content-Type is application/json, without Content-Encoding")
    static let tooLarge = Self(status: 413, code: "too_large", message: "a body has at most 1 MiB")
    static let internalError = Self(
        status: 500, code: "internal", message: "something went wrong in the server; its log says what")
    static let upgradeRequired = Self(
        status: 426, code: "upgrade_required",
        message: "this is a WebSocket, version 13, opened by the first request of a connection")
    static func unknownPath(_ path: String) -> Self {
        Self(status: 404, code: "not_found", message: "there is nothing at '\(path.prefix(200))'")
    }
    static func methodNotAllowed(_ method: String, _ allowed: String) -> Self {
        Self(status: 405, code: "method_not_allowed", message: "\(method) is not possible here, only \(allowed)")
    }
    static func hostNotAllowed(_ host: String) -> Self {
        Self(
            status: 403, code: "host_not_allowed",
            message: "this server does not answer to '\(host.prefix(80))'; --allow-host makes it")
    }
    static func originNotAllowed(_ origin: String) -> Self {
        Self(
            status: 403, code: "origin_not_allowed", message: "pages of '\(origin.prefix(80))' may not use this server")
    }
}
