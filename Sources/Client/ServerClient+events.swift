import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

extension ServerClient {
    /// Hands over what becomes of the server, as it happens, until the connection ends.
    ///
    /// - Throws: `ClientError`, one also when the server ends the stream; and what `body` throws.
    public func events(_ body: (ServerSentEvent) async throws -> Void) async throws {
        var request = try request(.get, .api("events"))
        request.headers.add(name: "Accept", value: "text/event-stream")
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: .init(settings.timeout))
        } catch {
            throw ClientError(error, at: address, within: settings.timeout)
        }
        try await expectStream(response)
        var parser = ServerSentEventParser()
        var chunks = response.body.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await chunks.next()
            } catch {
                throw ClientError(error, at: address, within: .seconds(15))
            }
            guard let chunk else { throw ClientError.unreachable("\(address) has ended the connection") }
            for event in try parser.take(chunk.readableBytesView) { try await body(event) }
        }
    }

    private func expectStream(_ response: HTTPClientResponse) async throws {
        let type = response.headers.first(name: "Content-Type") ?? ""
        if response.status == .ok, type.hasPrefix("text/event-stream") { return }
        if response.status != .ok {
            let bytes = try? await withDeadline(settings.timeout) { try await response.body.collect(upTo: 1 << 20) }
            try Self.expectSuccess(
                ServerAnswer(
                    status: Int(response.status.code), fields: response.headers.map { ($0.name, $0.value) },
                    body: Data((bytes ?? ByteBuffer()).readableBytesView)))
        }
        throw ClientError.incomprehensible("\(address) sends no events; is it another program's address?")
    }
}
