import Foundation
import NIOHTTP1
import NIOWebSocket
import Synchronization
import TestSupport
import Testing

/// A WebSocket viewer as tests of the server's insides see it: up to the close frame and the end behind it.
final class WebSocketTestClient: Sendable {
    enum Message: Sendable {
        case text(String)
        case binary([UInt8])
        case pong([UInt8])
        /// The server's close frame.
        case close(Int)
    }

    struct Refused: Error {}

    private let client: WebSocketClient
    private let hasEnded = Mutex(false)

    private init(_ client: WebSocketClient) {
        self.client = client
    }

    /// - Parameter receiveBuffer: SO_RCVBUF, bytes; small ones fill up soon.
    static func connect(
        port: Int, _ path: String, headers: HTTPHeaders = [:], receiveBuffer: Int? = nil
    ) async throws -> WebSocketTestClient {
        do {
            return WebSocketTestClient(
                try await WebSocketClient.connect(
                    port: port, path: path, headers: headers.map { ($0.name, $0.value) }, receiveBuffer: receiveBuffer))
        } catch is ProcessFailure {
            throw Refused()
        }
    }

    /// The next message. Nil: the connection has ended.
    func next() async throws -> Message? {
        guard !hasEnded.withLock({ $0 }) else { return nil }
        switch try await client.next(within: .seconds(20)) {
        case .text(let text): return .text(text)
        case .binary(let bytes): return .binary(bytes)
        case .pong(let bytes): return .pong(bytes)
        case .closed(let code):
            hasEnded.withLock { $0 = true }
            return code.map { .close($0) }
        }
    }

    /// The next message that is text, as JSON.
    func nextJSON() async throws -> [String: Any] {
        guard case .text(let text) = try await next() else { throw Refused() }
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    func send(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) async throws {
        try await client.send(opcode, payload, isFinal: isFinal)
    }

    /// From now on the socket is not read: the kernel's buffers fill up.
    func stopReading() async throws { try await client.setReading(false) }

    func startReading() async throws { try await client.setReading(true) }

    func close() async { try? await client.close() }
}
