import Plans

/// Where a request comes from and what it was sent to, as whoever sent it sees both: beyond the proxies that are trusted.
struct ClientPlace: Sendable, Hashable {
    /// The client's; that of the last proxy which is known where that one hides who is behind it. Nil: a program of this
    /// machine, by a Unix socket.
    var address: NetworkAddress?
    /// Whether the client sent it over TLS.
    var isSecure = false
    /// NAME or NAME:PORT that the client sent it to; nil: it did not say.
    var authority: String?
    /// The path below which a proxy shows this server, and which it has taken off: empty, or like `/cams`.
    var path = ""
    /// Whether a proxy stands between that is not trusted: nothing of what it says counts.
    var isBehindUnknownProxy = false

    /// As addresses begin with it.
    var scheme: String { isSecure ? "https" : "http" }

    /// Whose connections are counted together; nil: this machine's own.
    var peer: String? { address?.peer }
}
