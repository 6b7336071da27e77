import NIOCore
import NIOHTTP1

/// How much a client may send before it is answered, and how long it may take.
struct HTTPLimits: Sendable {
    /// From the first moment of a connection to the end of its TLS handshake.
    var handshakeTimeout = TimeAmount.seconds(5)
    /// From the first moment of a request to the end of its header.
    var headerTimeout = TimeAmount.seconds(5)
    /// From the end of the header to the end of the body.
    var bodyTimeout = TimeAmount.seconds(15)
    /// In each such time a body brings `bodyProgress` or ends: one that drips would hold its place for longer than a header.
    var bodyProgressTimeout = TimeAmount.seconds(5)
    /// Bytes.
    var bodyProgress = 5 << 10
    /// Between requests.
    var idleTimeout = TimeAmount.seconds(60)
    /// Of messages that viewers' sockets have not taken yet, bytes, all together.
    var unsentBytes = 256 << 20
    /// A socket that has taken nothing for this long while something waits for it is closed, and a viewer's when it has
    /// not taken a whole picture.
    var writeTimeout = TimeAmount.seconds(10)
    /// How long a request under way may go on once the server is stopping.
    var quiesceTimeout = TimeAmount.milliseconds(500)

    /// Header sizes; a browser's are a tenth of this.
    var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 8 << 10
        limits.maxHeaderListSize = 16 << 10
        limits.maxHeaderFieldCount = 100
        return limits
    }
}
