/// What a browser shows in place of the password.
///
/// No script can read it, no other site's page has it sent, and over TLS no other host can have set it: RFC 6265bis, 4.1.3.2,
/// `__Host-`. Such a name needs TLS, so over plain HTTP it is another one, which is not read where there is TLS.
enum SessionCookie {
    private static let plain = "streamtap"
    private static let secure = "__Host-streamtap"

    /// Under which it comes.
    static func name(isSecure: Bool) -> String { isSecure ? secure : plain }

    /// `Set-Cookie` for a session that begins.
    ///
    /// - Parameters:
    ///   - path: below which it is sent; over TLS it is everywhere at this host, as its name promises.
    ///   - seconds: how long the browser keeps it.
    static func set(_ secret: OpaqueSecret, isSecure: Bool, path: String, seconds: Int64) -> String {
        field(secret.text, isSecure, path, seconds)
    }

    /// The same for one that has ended.
    static func clear(isSecure: Bool, path: String) -> String { field("", isSecure, path, 0) }

    private static func field(_ value: String, _ isSecure: Bool, _ path: String, _ seconds: Int64) -> String {
        "\(name(isSecure: isSecure))=\(value); Path=\(isSecure ? "/" : path); Max-Age=\(seconds); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }
}
