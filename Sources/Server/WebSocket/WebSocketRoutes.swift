import Foundation
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Which paths are sockets.
struct WebSocketRoutes: Sendable {
    let registry: StreamTapRegistry

    /// The handler of a socket at this path; nil when there is none.
    func handler(for uri: String) -> (@Sendable () -> any ChannelHandler)? {
        guard let request = TapViewRequest(uri: uri) else { return nil }
        return { [registry] in TapViewerHandler(request, registry: registry) }
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
