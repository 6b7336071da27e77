import HTTPTypes
import NIOHTTP1

/// What proxies have written into a request about whoever sent it to them.
struct ForwardingFields: Sendable, Hashable {
    /// RFC 7239.
    var forwarded: [String] = []
    // What was usual before it, and is.
    var addresses: [String] = []
    var schemes: [String] = []
    var authorities: [String] = []
    var paths: [String] = []

    var isEmpty: Bool { self == ForwardingFields() }

    init() {}

    init(_ fields: HTTPFields) {
        forwarded = fields[values: .forwarded]
        addresses = fields[values: .xForwardedFor]
        schemes = fields[values: .xForwardedProto]
        authorities = fields[values: .xForwardedHost]
        paths = fields[values: .xForwardedPrefix]
    }

    init(_ headers: HTTPHeaders) {
        forwarded = headers["forwarded"]
        addresses = headers["x-forwarded-for"]
        schemes = headers["x-forwarded-proto"]
        authorities = headers["x-forwarded-host"]
        paths = headers["x-forwarded-prefix"]
    }
}

extension HTTPField.Name {
    fileprivate static let forwarded = HTTPField.Name("Forwarded") ?? .via
    fileprivate static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
    fileprivate static let xForwardedProto = HTTPField.Name("X-Forwarded-Proto") ?? .via
    fileprivate static let xForwardedHost = HTTPField.Name("X-Forwarded-Host") ?? .via
    fileprivate static let xForwardedPrefix = HTTPField.Name("X-Forwarded-Prefix") ?? .via
}
