import Foundation
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Which paths are sockets.
struct WebSocketRoutes: Sendable {
    let registry: StreamTapRegistry

    /// A socket's own part.
    struct Endpoint {
        /// What its client may send.
        var budget = FrameBudget()
        var makeHandler: @Sendable () -> any ChannelHandler
    }

    /// The socket at this path; nil when there is none.
    func endpoint(for uri: String) -> Endpoint? {
        if let request = TapViewRequest(uri: uri) {
            return Endpoint { [registry] in TapViewerHandler(request, registry: registry) }
        }
        guard URI(uri).path == "/ws/vp" else { return nil }
        // An acknowledgement for each picture of each channel.
        return Endpoint(budget: FrameBudget(burst: 1000, perSecond: 4000)) { [registry] in
            TapChannelsHandler(registry: registry)
        }
    }
}

/// `/ws/vp/tap/{instance}/{tap}?…`, taken apart.
struct TapViewRequest: Sendable {
    var instance: String
    var tap: String
    /// Pictures alone, instead of JSON.
    var isBinary: Bool
    var view: Result<TapView, ServiceError>

    init?(uri text: String) {
        let uri = URI(text)
        let parts = uri.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1...3].elementsEqual(["ws", "vp", "tap"]) else { return nil }
        instance = parts[4].removingPercentEncoding ?? String(parts[4])
        tap = parts[5].removingPercentEncoding ?? String(parts[5])
        let query = QueryParameters.pairs(uri)
        let format = query.last { $0.name == "format" }?.value
        isBinary = format == "binary"
        do throws(ServiceError) {
            if let format, format != "binary", format != "json" {
                throw .badQuery("format", format, "'json' or 'binary'")
            }
            view = .success(try TapView(query: query))
        } catch {
            view = .failure(error)
        }
    }
}

/// Query parameters in the order written.
enum QueryParameters {
    static func pairs(_ uri: URI) -> [(name: String, value: String)] {
        uri.queryParameters.map { (String($0.key), String($0.value)) }
    }
}
