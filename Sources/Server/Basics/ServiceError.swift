import NIOCore
package import Plans

/// What goes wrong in answering a person: a code for programs and a message for people.
///
/// Which HTTP status a code becomes is said once, in `HTTP/ServiceError+status.swift`.
package struct ServiceError: Error, Sendable, CustomStringConvertible {
    /// The kind of error; its raw value is a contract, and docs/api.md lists all.
    package enum Code: String, Sendable, CaseIterable {
        // The request itself.
        case malformed
        case parameterInvalid = "parameter_invalid"
        case requestInvalid = "request_invalid"
        case notJSON = "not_json"
        case tooLarge = "too_large"
        case headerTooLarge = "header_too_large"
        case timeout
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case methodUnknown = "method_unknown"
        case notAcceptable = "not_acceptable"
        case upgradeRequired = "upgrade_required"
        case hostNotAllowed = "host_not_allowed"
        case originNotAllowed = "origin_not_allowed"
        case tooManyConnections = "too_many_connections"
        case tooManyViewers = "too_many_viewers"
        // Who asks.
        case unauthenticated
        case badCredentials = "bad_credentials"
        case forbidden
        case tooManyLogins = "too_many_logins"
        case userUnknown = "user_unknown"
        case userExists = "user_exists"
        case userInvalid = "user_invalid"
        case passwordInvalid = "password_invalid"
        case tokenUnknown = "token_unknown"
        case tokenExists = "token_exists"
        case tokenInvalid = "token_invalid"
        case sessionUnknown = "session_unknown"
        case setupOver = "setup_over"
        // Plans.
        case planUnknown = "plan_unknown"
        case planInvalid = "plan_invalid"
        case planUnreadable = "plan_unreadable"
        case plansUnreadable = "plans_unreadable"
        case planTextNotAllowed = "plan_text_not_allowed"
        // Instances and their stages.
        case instanceUnknown = "instance_unknown"
        case instanceExists = "instance_exists"
        case instanceDeclared = "instance_declared"
        case instanceNotRunning = "instance_not_running"
        case nameInvalid = "name_invalid"
        case tooManyInstances = "too_many_instances"
        case stageUnknown = "stage_unknown"
        case optionsInvalid = "options_invalid"
        case tooManyChanges = "too_many_changes"
        case stageLate = "stage_late"
        // Cameras at this machine.
        case sourceUnknown = "source_unknown"
        case controlsInvalid = "controls_invalid"
        case deviceUnavailable = "device_unavailable"
        // Taps and sockets.
        case tapUnknown = "tap_unknown"
        case noPicture = "no_picture"
        case notDetecting = "not_detecting"
        case notVideo = "not_video"
        case channelUnknown = "channel_unknown"
        case channelInUse = "channel_in_use"
        case tooManyChannels = "too_many_channels"
        case tooManyRequests = "too_many_requests"
        // Cameras on the network.
        case cameraNotAllowed = "camera_not_allowed"
        case credentialsUnknown = "credentials_unknown"
        case credentialsNotAllowed = "credentials_not_allowed"
        case cameraUnauthorized = "camera_unauthorized"
        case cameraFailed = "camera_failed"
        case cameraLate = "camera_late"
        // What the server remembers.
        case stateFull = "state_full"
        case stateUnavailable = "state_unavailable"
        // The server.
        case shuttingDown = "shutting_down"
        case configuration
        case workerMissing = "worker_missing"
        case workerFailed = "worker_failed"
        case hostExhausted = "host_exhausted"
        case `internal`
    }

    /// What programs decide by.
    package var code: Code
    /// What people read; no promise.
    package var message: String
    /// What is wrong with a plan or its parameters, at which place.
    package var details: [Diagnostic]

    /// An error with a message that shows no secret.
    package init(_ code: Code, _ message: String, details: [Diagnostic] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The message, for logs and the command line.
    package var description: String { message }

    /// `{"error":{"code","message","details"}}`
    var body: ByteBuffer {
        struct Body: Encodable {
            struct Content: Encodable {
                var code: String
                var message: String
                var details: [Diagnostic]
            }
            var error: Content
        }
        return ByteBuffer(
            string: JSONText.encode(Body(error: .init(code: code.rawValue, message: message, details: details))))
    }
}

/// Errors that come up in several places.
extension ServiceError {
    static func malformed(_ message: String) -> Self { Self(.malformed, message) }
    static func invalidRequest(_ message: String) -> Self { Self(.requestInvalid, message) }
    static let tooLarge = Self(.tooLarge, "a body has at most 1 MiB")
    static func unknownInstance(_ id: String) -> Self { Self(.instanceUnknown, "no instance is named '\(id)'") }
    static func unknownTap(_ tap: String, instance: String) -> Self {
        Self(.tapUnknown, "StreamTap \(tap) not found for instance \(instance)")
    }
    static let shuttingDown = Self(.shuttingDown, "the server is stopping")
}
