import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a route knows of its request besides the request.
struct ServiceContext: RequestContext {
    /// The methods that this server knows, at whichever path.
    static let methods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .delete, .patch, .options, .trace] + [HTTPRequest.Method("QUERY")].compactMap(\.self)

    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel
    /// Who asks.
    var caller = Caller.nobody
    /// Whether what was found out of who asks is still so: bodies and pictures are waited for.
    var isStillGood: @Sendable () -> Bool = { true }
    /// How the tap may be watched that the path names.
    var limits = ViewLimits.none
    /// Of the connection.
    var source = ConnectionSource(peer: .unknown, isSecure: false, proxies: TrustedProxies())
    /// Who has sent the request, and to where. Known to whatever stands behind `ClientMiddleware`.
    var client = ClientPlace()

    /// The path that this server is below, and which was taken off; empty, or like `/cams`.
    var basePath = ""
    /// Whether the request is for something that is not below it.
    var isOutside = false

    /// Where cookies of this server belong, as the client sees it.
    var cookiePath: String { client.path + basePath + "/" }

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// A part of the path that the route named.
    func part(_ name: String) -> String {
        parameters.get(name).map { $0.removingPercentEncoding ?? $0 } ?? ""
    }
}
