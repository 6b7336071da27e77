import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOHTTP1

extension PresentedCredentials {
    /// - Parameter source: of the connection: what a proxy says of users counts where it is trusted.
    init(_ request: Request, from source: ConnectionSource, _ outside: OutsideIdentity) {
        let isSecure = (try? source.client(request.head))?.isSecure ?? source.isSecure
        self.init(query: request.uri.query, isSecure: isSecure, userHeader: source.isProxy ? outside.userHeader : nil) {
            name in
            if name == "host" { return request.head.authority.map { [$0] } ?? [] }
            return HTTPField.Name(name).map { request.headers[values: $0] } ?? []
        }
    }

    /// The same of a request that becomes a socket.
    init(_ head: HTTPRequestHead, from source: ConnectionSource, _ outside: OutsideIdentity) {
        let isSecure = (try? source.client(head))?.isSecure ?? source.isSecure
        self.init(query: URI(head.uri).query, isSecure: isSecure, userHeader: source.isProxy ? outside.userHeader : nil)
        {
            head.headers[$0]
        }
    }
}
