import Foundation
import Plans

/// What a request says of who asks, as it is said.
struct PresentedCredentials: Sendable, Hashable {
    /// Cookies that may be a session's.
    var sessions: [String] = []
    /// Of `Authorization`: a token, or the password that stands beside any name, for programs that know nothing else.
    var token: String?
    /// It is such a password: a proxy that asks for its own passes that on, too.
    var isBasic = false
    /// Of the address: only what cannot change anything may stand there.
    var tokenInAddress: String?
    /// `Authorization` holds something else.
    var isUnreadable = false
    /// There are headers that only proxies write, or it was sent to a name that is not this machine's for itself.
    var isProxied = false

    /// Whom a trusted proxy has named.
    var toldUser: String?

    /// - Parameters:
    ///   - isSecure: whether the client has sent it over TLS.
    ///   - userHeader: where whoever has sent it, a proxy that is trusted, names the user; nil: it is nobody's to say.
    ///   - headers: all values of a field, by its name in lower case.
    ///   - query: what stands behind the address's question mark.
    init(query: String?, isSecure: Bool, userHeader: String? = nil, headers: (String) -> [String]) {
        let cookie = SessionCookie.name(isSecure: isSecure)
        // A proxy that passes on what its client has written as well says nothing.
        let named = userHeader.map { headers($0.lowercased()) } ?? []
        if named.count == 1, !named[0].isEmpty { toldUser = named[0] }
        for pair in headers("cookie").joined(separator: ";").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0] == cookie { sessions.append(parts[1]) }
        }
        let said = headers("authorization")
        if let words = said.first?.split(separator: " ", maxSplits: 1), said.count == 1, words.count == 2 {
            let value = words[1].trimmingCharacters(in: .whitespaces)
            switch words[0].lowercased() {
            case "bearer": token = value
            case "basic": (token, isBasic) = (Self.password(in: value), true)
            default: break
            }
        }
        isUnreadable = !said.isEmpty && token == nil
        tokenInAddress = query.flatMap(Self.token)
        isProxied =
            ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"].contains { !headers($0).isEmpty }
            || !headers("host").allSatisfy(Self.isLocal)
    }

    /// `localhost`, `127.0.0.1:8277`, `[::1]:8277`: what somebody at this machine asks for.
    private static func isLocal(_ authority: String) -> Bool {
        let host = authority.lowercased().replacing(#/:\d*$/#, with: "")
        if ["localhost", "[::1]"].contains(host) || host.hasSuffix(".localhost") { return true }
        return NetworkAddress(host)?.bytes.first == 127
    }

    /// RFC 7617, 2: base 64 of `NAME:PASSWORD`.
    private static func password(in value: String) -> String? {
        guard let data = Data(base64Encoded: value), let text = String(data: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let password = String(text[text.index(after: colon)...])
        return password.isEmpty ? nil : password
    }

    private static func token(in query: String) -> String? {
        for pair in query.split(separator: "&") where pair.hasPrefix("token=") {
            let value = String(pair.dropFirst("token=".count))
            return value.removingPercentEncoding ?? value
        }
        return nil
    }
}
