public import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A client of one server's HTTP API.
public struct HTTPClient: Sendable {
    public struct Response: Sendable {
        public let status: Int
        /// Names in small letters.
        public let headers: [String: String]
        public let body: Data

        /// The body as a JSON object; empty when it is none.
        public var json: [String: any Sendable] {
            (try? JSONSerialization.jsonObject(with: body)) as? [String: any Sendable] ?? [:]
        }

        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What one answer sets as a cookie, no other request shows unasked.
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.default
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        return URLSession(configuration: configuration)
    }()

    public let port: Int

    public init(port: Int) {
        self.port = port
    }

    public func get(_ path: String, headers: [String: String] = [:]) async throws -> Response {
        try await send("GET", path, headers: headers)
    }

    public func delete(_ path: String) async throws -> Response {
        try await send("DELETE", path)
    }

    /// Sends a JSON object.
    public func post(_ path: String, _ object: [String: Any]) async throws -> Response {
        try await send("POST", path, body: JSONSerialization.data(withJSONObject: object))
    }

    public func put(_ path: String, _ object: [String: Any]) async throws -> Response {
        try await send("PUT", path, body: JSONSerialization.data(withJSONObject: object))
    }

    public func patch(_ path: String, _ object: [String: Any]) async throws -> Response {
        try await send("PATCH", path, body: JSONSerialization.data(withJSONObject: object))
    }

    /// Sends a request; a body goes as JSON unless `headers` says otherwise.
    public func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: Data? = nil
    ) async throws -> Response {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 20)
        request.httpMethod = method
        if let body {
            request.httpBody = body
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        // As browsers do: Foundation waits for ever where it is asked for a password (`WWW-Authenticate: Basic`) and has none.
        request.setValue("Mozilla/5.0 (StreamTap's tests)", forHTTPHeaderField: "User-Agent")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await Self.session.data(for: request)
        guard let http = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        let headers = http.allHeaderFields.map { ("\($0)".lowercased(), "\($1)") }
        return Response(
            status: http.statusCode, headers: Dictionary(headers, uniquingKeysWith: { $1 }), body: data)
    }
}
