import HTTPTypes
import Hummingbird

/// What a browser says of the page that a request is for: Fetch Metadata where it sends any, and where the page is.
struct FetchMetadata: Sendable, Hashable {
    /// `cross-site`, `same-site`, `same-origin`, or `none` for what a person typed; nil: it says nothing.
    var site: String?
    /// `navigate` for what becomes a page, in a tab or in a frame.
    var mode: String?
    /// What becomes of the answer: `document` is a tab's, `iframe`, `object` and `embed` stand in another page.
    var destination: String?
    /// Of the page that asks.
    var origin: String?
    /// Its address, or only the origin of that.
    var referrer: String?

    /// Whether it is for another server's page.
    var isForeign: Bool { site == "cross-site" || site == "same-site" }

    /// What a person opens, by an address or a link, is no page's. Older browsers do not say what becomes of it.
    var isOpened: Bool { mode == "navigate" && (destination == nil || destination == "document") }

    /// Scheme and authority of the page that asks; nil where nothing says it.
    var page: String? { origin ?? referrer.flatMap(HostRules.origin) }
}

extension FetchMetadata {
    init(_ headers: HTTPFields) {
        self.init(
            site: headers[.secFetchSite], mode: headers[.secFetchMode], destination: headers[.secFetchDest],
            origin: headers[.origin], referrer: headers[.referer])
    }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .server
    fileprivate static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .server
    fileprivate static let secFetchDest = HTTPField.Name("Sec-Fetch-Dest") ?? .server
}
