import NIOCore
import Plans

extension ServiceError {
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
            string: JSONText.encode(Body(error: .init(code: code, message: message, details: details))))
    }
}
