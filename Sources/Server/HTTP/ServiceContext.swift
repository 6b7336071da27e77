import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a route knows of its request besides the request.
struct ServiceContext: RequestContext {
    /// The methods that this server knows, at whichever path.
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options]

    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// A part of the path that the route named.
    func part(_ name: String) -> String {
        parameters.get(name).map { $0.removingPercentEncoding ?? $0 } ?? ""
    }
}
