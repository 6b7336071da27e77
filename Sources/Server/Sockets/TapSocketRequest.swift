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
        // A slash too many is none, as in the router's paths.
        let parts = uri.path.split(separator: "/")
        guard parts.count == 5, parts.starts(with: ["ws", "vp", "tap"]) else { return nil }
        instance = parts[3].removingPercentEncoding ?? String(parts[3])
        tap = parts[4].removingPercentEncoding ?? String(parts[4])
        let query = QueryParameters.pairs(uri)
        let format = query.last { $0.name == "format" }?.value
        isBinary = format == "binary"
        do throws(ServiceError) {
            if let format, format != "binary", format != "json" {
                throw .badQuery("format", format, "'json' or 'binary'")
            }
            options = .success(try StreamOptions(query: query, others: ["format"]))
        } catch {
            options = .failure(error)
        }
    }
}
