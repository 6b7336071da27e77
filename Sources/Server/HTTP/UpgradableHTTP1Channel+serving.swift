import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

extension UpgradableHTTP1Channel {
    /// The same for connections of one kind, whose requests are answered by `router`.
    func serving<Router: HTTPResponder>(
        _ router: Router, tls: NIOSSLContext?, isUnix: Bool, logger: Logger
    ) -> UpgradableHTTP1Channel where Router.Context == ServiceContext {
        var channels = self
        (channels.tls, channels.isUnix) = (tls, isUnix)
        let sources = channels
        channels.responder = { request, writer, channel in
            var context = ServiceContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            context.source = sources.source(of: channel)
            var response = try await router.respond(to: request, context: context)
            response.headers[.date] = HTTPDate.now
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // Nobody shall begin another answer in the middle of this one.
                throw ServiceError.notHTTP
            }
        }
        return channels
    }
}
