/// What HTTP itself allows.
extension ServiceError {
    static let timeout = Self(.timeout, "the request took too long to arrive")
    static let notHTTP = malformed(
        "this is not HTTP/1.1: its methods are in capitals, and addresses have other characters than ASCII as %XX")
    static let notTLS = malformed("this port speaks TLS; its address begins with https://")
    static let oneHost = malformed("a request has one Host header, NAME or NAME:PORT")
    static let headerTooLarge = Self(.headerTooLarge, "at most 100 header fields and 16 KiB of them are read")
    static let tooManyConnections = Self(.tooManyConnections, "too many connections are open; try again later")
    static let tooManyViewers = Self(.tooManyViewers, "too many viewers are watching; try again later")
    static let notJSON = Self(.notJSON, "the body's Content-Type is application/json, without Content-Encoding")
    static let internalError = Self(.internal, "something went wrong in the server; its log says what")
    static let upgradeRequired = Self(
        .upgradeRequired,
        "this is a WebSocket, version 13; a request for it has no body and waits for the answers before it")
    static func unknownPath(_ path: String) -> Self { Self(.notFound, "there is nothing at '\(path.prefix(200))'") }
    static func methodNotAllowed(_ method: String, _ allowed: String) -> Self {
        Self(.methodNotAllowed, "\(method) is not possible here, only \(allowed)")
    }
    static func notAcceptable(_ type: String) -> Self {
        Self(.notAcceptable, "this is \(type), and only to those whose Accept header says so")
    }
    static let unknownMethod = Self(
        .methodUnknown, "no path here knows this method")
    static func hostNotAllowed(_ host: String) -> Self {
        Self(.hostNotAllowed, "this server does not answer to '\(host.prefix(80))'; --allow-host makes it")
    }
    static func originNotAllowed(_ origin: String) -> Self {
        Self(.originNotAllowed, "pages of '\(origin.prefix(80))' may not use this server")
    }
    static func originOverTLS(_ origin: String) -> Self {
        Self(
            .originNotAllowed,
            "pages of '\(origin.prefix(80))' may not use this server over plain HTTP; where a proxy gives TLS, "
                + "--trusted-proxy says whose X-Forwarded-Proto is to be believed")
    }
}
