import Foundation
import HummingbirdCore

/// `/ws/vp/tap/{instance}/{tap}?…`, taken apart.
struct TapSocketRequest: Sendable {
    var instance: String
    var tap: String
    /// Pictures alone, instead of JSON.
    var isBinary: Bool
    /// What is wrong with them is told over the socket: a browser's script never sees an answer that is no upgrade.
    var options: Result<StreamOptions, ServiceError>

    /// Nil: another path.
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
            options = .success(try StreamOptions(query: query))
        } catch {
            options = .failure(error)
        }
    }
}
