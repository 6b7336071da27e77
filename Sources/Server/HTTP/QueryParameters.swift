import HummingbirdCore

/// Query parameters in the order written.
enum QueryParameters {
    static func pairs(_ uri: URI) -> [(name: String, value: String)] {
        uri.queryParameters.map { (String($0.key), String($0.value)) }
    }
}
