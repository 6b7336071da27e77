import Testing

@testable import Server

@Suite("Names this server answers to, and pages that may use it")
struct HostRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var host: String
        var origin: String?
        var isSecure = false
        /// What the client asked for, where a proxy tells.
        var seen: String?
        var refusal: String?

        init(_ host: String, _ origin: String? = nil, tls: Bool = false, seen: String? = nil, _ refusal: String? = nil)
        {
            (self.host, self.origin, isSecure, self.seen, self.refusal) = (host, origin, tls, seen, refusal)
        }

        var testDescription: String { "\(isSecure ? "https" : "http") \(host) \(seen ?? "") \(origin ?? "–")" }
    }

    @Test(
        "by scheme, with the ports that schemes have",
        arguments: [
            Case("127.0.0.1:8277", "http://127.0.0.1:8277"),
            Case("[::1]:8277", "http://[::1]:8277"),
            Case("localhost", "http://localhost:80"),
            Case("localhost:80", "http://localhost"),
            Case("LOCALHOST:8277"), Case("cam.example:8277"), Case("192.168.1.7"),
            Case("evil.example", nil, "host_not_allowed"),
            Case("localhost.evil.example", nil, "host_not_allowed"),
            Case("127.0.0.1.nip.example", nil, "host_not_allowed"),
            Case("localhost:8277", "http://localhost:8278", "origin_not_allowed"),
            Case("localhost:8277", "https://localhost:8277", "origin_not_allowed"),
            Case("localhost:8277", "http://localhost:8277.evil.example", "origin_not_allowed"),
            Case("localhost:8277", "http://localhost", "origin_not_allowed"),
            Case("localhost:99999", nil, "malformed"), Case("user@localhost", nil, "malformed"),
            // Over TLS.
            Case("cam.example", "https://cam.example", tls: true),
            Case("cam.example:443", "https://cam.example", tls: true),
            Case("cam.example", "https://cam.example:443", tls: true),
            Case("cam.example:8443", "https://cam.example:8443", tls: true),
            Case("cam.example:8443", "HTTPS://CAM.example:8443", tls: true),
            Case("cam.example", "https://cam.example:80", tls: true, "origin_not_allowed"),
            Case("cam.example", "http://cam.example", tls: true, "origin_not_allowed"),
            Case("cam.example:80", "http://cam.example", tls: true, "origin_not_allowed"),
            Case("cam.example:8443", "https://cam.example", tls: true, "origin_not_allowed"),
            Case("cam.example", "https://evil.example", tls: true, "origin_not_allowed"),
            Case("cam.example", "https://cam.example.evil.example", tls: true, "origin_not_allowed"),
            Case("cam.example", "https://cam.example@evil.example", tls: true, "origin_not_allowed"),
            Case("cam.example", "null", tls: true, "origin_not_allowed"),
            // As a proxy tells it.
            Case("127.0.0.1:8277", "https://cam.example", tls: true, seen: "cam.example"),
            Case("127.0.0.1:8277", "https://127.0.0.1:8277", tls: true, seen: "cam.example", "origin_not_allowed"),
            Case("cam.example:8443", "https://cam.example:8443", tls: true, seen: "cam.example"),
            Case("cam.example", "https://cam.example:8443", tls: true, seen: "cam.example:8443"),
            Case("127.0.0.1:8277", "https://evil.example", tls: true, seen: "evil.example", "host_not_allowed"),
            Case("evil.example", "https://cam.example", tls: true, seen: "cam.example", "host_not_allowed"),
            Case("127.0.0.1", nil, seen: "a b", "malformed"), Case("127.0.0.1", nil, seen: "", "malformed"),
            Case("127.0.0.1:8277", "https://portal.example", tls: true, seen: "cam.example"),
            Case("127.0.0.1:8277", "https://portal.example"),
        ])
    func refusals(rule: Case) {
        let rules = HostRules(allowed: ["cam.example"], origins: ["https://portal.example"])
        let client = ClientPlace(isSecure: rule.isSecure, authority: rule.seen ?? rule.host)
        let refusal = rules.refusal(hosts: [rule.host], origins: rule.origin.map { [$0] } ?? [], from: client)
        #expect(refusal?.code.rawValue == rule.refusal)
    }

    @Test("a page that came over TLS, of which nobody has told, is told what would")
    func hint() throws {
        let rules = HostRules(allowed: ["cam.example"])
        let refusal = rules.refusal(
            hosts: ["cam.example"], origins: ["https://cam.example:8443"], from: ClientPlace(authority: "cam.example"))
        #expect(try #require(refusal).message.contains("--trusted-proxy"))
        let other = rules.refusal(
            hosts: ["cam.example"], origins: ["https://evil.example"], from: ClientPlace(authority: "cam.example"))
        #expect(try !#require(other).message.contains("--trusted-proxy"))
    }
}
