import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// An answer that is a JSON object.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response
    {
        json(text: JSONText.encode(value), status: status, headers: headers)
    }

    /// An answer that is JSON already.
    static func json(text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// What was to be done is done, and there is nothing more to say of it.
    static var nothing: Response { Response(status: .noContent, headers: [.cacheControl: "no-store"]) }

    /// The same to one who may have it already (RFC 9110, 13.1.2).
    static func json(text: String, ifChangedSince request: Request) -> Response {
        let tag = EntityTag(text.utf8)
        var headers: HTTPFields = [.eTag: tag.text, .cacheControl: "no-cache"]
        if tag.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = "application/json"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension ServiceError {
    var response: Response {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        let status = code.status
        // The rest of a body that is refused is not worth reading.
        if status == 413 || status == 426 { headers[.connection] = "close" }
        if status == 426 { headers[.upgrade] = "websocket" }
        if status == 503 { headers[.retryAfter] = "1" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: body))
    }
}
