import HTTPTypes

extension HTTPFields {
    /// The header of an answer that goes on until somebody leaves.
    ///
    /// Proxies that collect an answer before they pass it on (nginx does), or compress it, would show old pictures, or
    /// nothing.
    static func stream(of type: String) -> HTTPFields {
        [.contentType: type, .cacheControl: "no-store, no-transform", .xAccelBuffering: "no", .connection: "close"]
    }
}

extension HTTPField.Name {
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .server
}
