import Foundation
import HummingbirdCore

/// Query parameters in the order written.
enum QueryParameters {
    /// Names and values without their percent encoding; nothing between two `&` is nothing. `token` says who asks, and is no
    /// route's.
    static func pairs(_ uri: URI) -> [(name: String, value: String)] {
        uri.queryParameters.compactMap { key, value in
            guard !key.isEmpty || !value.isEmpty else { return nil }
            let name = String(key)
            guard name != "token" else { return nil }
            return (name.removingPercentEncoding ?? name, String(value))
        }
    }
}
