import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks one server, as one who is known to it in one way.
public struct ServerClient: Sendable {
    /// How it is asked.
    public struct Settings: Sendable {
        /// Where the server is.
        public var address: ServerAddress
        /// Who asks.
        public var identity: ClientIdentity
        /// A file of certificates, PEM, that are trusted instead of the system's.
        public var authorities: String?
        /// An answer takes so long at most, from the connection to its last byte.
        public var timeout: Duration

        /// The system's certificates are trusted, and an answer has ten seconds.
        public init(
            address: ServerAddress, identity: ClientIdentity = .nobody, authorities: String? = nil,
            timeout: Duration = .seconds(10)
        ) {
            self.address = address
            self.identity = identity
            self.authorities = authorities
            self.timeout = timeout
        }
    }

    /// What a request does.
    public enum Method: String, Sendable {
        /// As HTTP has them.
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    /// The largest answer that is read, bytes: a picture, or the list of everything.
    private static let largestAnswer = 64 << 20

    let settings: Settings
    let client: HTTPClient

    /// Where it asks.
    public var address: ServerAddress { settings.address }

    /// Runs `body` with a client that is closed afterwards.
    ///
    /// - Throws: `ClientError.untrusted` for a file of certificates that cannot be used, and what `body` throws.
    public static func with<T>(_ settings: Settings, _ body: (ServerClient) async throws -> T) async throws -> T {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .init(settings.timeout), read: .init(max(settings.timeout + .seconds(5), quiet))))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = settings.authorities {
            do {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
                configuration.tlsConfiguration = tls
            } catch {
                throw ClientError.untrusted("\(file) holds no certificates that can be read (PEM)")
            }
        }
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(ServerClient(settings: settings, client: client))
        }
    }

    /// A stream of events says something every 4 s.
    private static let quiet = Duration.seconds(15)

    /// Asks, and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - body: a value that becomes JSON.
    ///   - patience: what the server may take longer than usual.
    /// - Throws: `ClientError`; anything but 2xx is one.
    public func send(
        _ method: Method, _ target: RequestTarget, _ body: (any Encodable & Sendable)? = nil,
        patience: Duration = .zero
    ) async throws(ClientError) -> ServerAnswer {
        let request: HTTPClientRequest
        do {
            request = try self.request(method, target, body)
        } catch {
            throw .incomprehensible("the request cannot be written as JSON")
        }
        let limit = settings.timeout + patience
        let answer: ServerAnswer
        do {
            answer = try await withDeadline(limit) { [client] in
                let response = try await client.execute(request, timeout: .init(limit))
                let bytes = try await response.body.collect(upTo: Self.largestAnswer)
                return ServerAnswer(
                    status: Int(response.status.code), fields: response.headers.map { ($0.name, $0.value) },
                    body: Data(bytes.readableBytesView))
            }
        } catch {
            throw ClientError(error, at: address, within: limit)
        }
        try Self.expectSuccess(answer)
        return answer
    }

    /// - Throws: `ClientError` for anything but 2xx.
    static func expectSuccess(_ answer: ServerAnswer) throws(ClientError) {
        switch answer.status {
        case 200..<300: return
        case 300..<400: throw .redirected(to: answer.header("Location"))
        default:
            if let refusal = Refusal(status: answer.status, body: answer.body) { throw .refused(refusal) }
            throw .incomprehensible(
                "it answers \(answer.status) without the words of a StreamTap server; is it another program's address, or "
                    + "does a path belong behind it?")
        }
    }

    func request(
        _ method: Method, _ target: RequestTarget, _ body: (any Encodable & Sendable)? = nil
    ) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.url(target))
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "User-Agent", value: "streamtap-ctl")
        // A socket's path is no host, and a server wants to know which one is meant.
        if case .unix = address.place { request.headers.add(name: "Host", value: "localhost") }
        if let field = settings.identity.field { request.headers.add(name: field.name, value: field.value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        return request
    }
}

/// - Throws: `HTTPClientError.deadlineExceeded` once `limit` is over, and what `body` throws.
func withDeadline<T: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: limit)
            throw HTTPClientError.deadlineExceeded
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}
