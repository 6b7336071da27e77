import NIOCore
import NIOHTTP1

/// Refusals that a connection answers by itself, since they reach no router and none of its middlewares.
extension ServiceError {
    /// The head of the answer; `body` follows, and then nothing more.
    ///
    /// It tells browsers what every other answer does: that its type is meant, and that it is for no other page. Who asks is often
    /// not known here, so no origin is an exception.
    var connectionHead: HTTPResponseHead {
        let status = HTTPResponseStatus(statusCode: code.status)
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)", "Connection": "close",
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin", "Content-Security-Policy": "frame-ancestors 'none'",
            "X-Frame-Options": "DENY",
        ]
        if code.status == 503 { headers.add(name: "Retry-After", value: "5") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }

    /// The whole answer, for a connection that has no HTTP encoder.
    var connectionAnswer: ByteBuffer {
        let head = connectionHead
        let lines = head.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        var answer = ByteBuffer(
            string: "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n\(lines)\r\n")
        answer.writeImmutableBuffer(body)
        return answer
    }
}
