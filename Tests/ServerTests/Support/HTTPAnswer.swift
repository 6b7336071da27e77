import Foundation
import Testing

/// An HTTP answer, taken apart by hand.
struct HTTPAnswer: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    init(_ bytes: [UInt8]) throws {
        let data = Data(bytes)
        let end = try #require(
            data.range(of: Data("\r\n\r\n".utf8)), "no header in \(String(decoding: bytes, as: UTF8.self))")
        let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        status = try #require(Int(lines[0].split(separator: " ")[1]))
        headers = Dictionary(
            lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
            }, uniquingKeysWith: { first, _ in first })
        body = Array(data[end.upperBound...])
    }

    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    /// `code` of `{"error":{"code","message","details"}}`; nil unless all three are there.
    func errorCode() throws -> String? {
        let error = try json()["error"] as? [String: Any]
        guard error?["message"] is String, error?["details"] is [Any] else { return nil }
        return error?["code"] as? String
    }
}

extension RunningTestServer {
    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> HTTPAnswer {
        var fields = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        if let body {
            fields["Content-Type"] = "application/json"
            fields["Content-Length"] = "\(body.utf8.count)"
        }
        fields.merge(headers) { $1 }
        let head = fields.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
        let connection = try await RawConnection.open(port: port)
        try await connection.write("\(method) \(path) HTTP/1.1\r\n\(head)\r\n\(body ?? "")")
        return try HTTPAnswer(await connection.read())
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> HTTPAnswer {
        try await send("GET", path, headers: headers)
    }
}

extension HTTPAnswer {
    /// Whoever gives an answer, a refusal is for no other page: neither read as something else, nor shown, nor in a frame.
    func expectRefusesPages(_ location: SourceLocation = #_sourceLocation) {
        #expect(headers["x-content-type-options"] == "nosniff", sourceLocation: location)
        #expect(headers["referrer-policy"] == "no-referrer", sourceLocation: location)
        #expect(headers["cross-origin-resource-policy"] == "same-origin", sourceLocation: location)
        #expect(headers["content-security-policy"] == "frame-ancestors 'none'", sourceLocation: location)
        #expect(headers["x-frame-options"] == "DENY", sourceLocation: location)
        #expect(headers["cache-control"] == "no-store", sourceLocation: location)
    }
}
