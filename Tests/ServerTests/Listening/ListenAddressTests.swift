import Testing

@testable import Server

@Suite("Where to listen")
struct ListenAddressTests {
    @Test(
        "as it is written, and shown",
        arguments: [
            "127.0.0.1:8277", "[::1]:8277", "0.0.0.0:0", "localhost:80", "cams.example:8443", "https://0.0.0.0:8443",
            "http://[fd00::5]:8277", "unix:/run/streamtap/http.sock",
        ])
    func forms(text: String) throws {
        #expect(try #require(ListenAddress(text)).description == text)
    }

    @Test(
        "and nothing else",
        arguments: [
            "", "8277", ":8277", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:8277", "[::1]",
            "[::1]8277",
            "[127.0.0.1]:8277", "[nonsense]:1", "ftp://127.0.0.1:21", "https://127.0.0.1:8443/", "https://:8443",
            "a b:80",
            "unix:", "unix:http.sock", "unix:/run/", "unix:/" + String(repeating: "x", count: 107),
        ])
    func others(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    struct Case: Sendable {
        var listen: [String]
        var tls = true
        var says: String?
    }

    @Test(
        "what can be",
        arguments: [
            Case(listen: []), Case(listen: ["127.0.0.1:1", "[::1]:1", "127.1.2.3:1", "localhost:1", "unix:/x"]),
            Case(listen: ["10.0.0.5:1"]), Case(listen: ["http://10.0.0.5:1", "https://10.0.0.5:2"]),
            Case(listen: ["https://127.0.0.1:1"], tls: false, says: "--tls-certificate"),
            Case(listen: ["http://127.0.0.1:1", "unix:/x"], says: "no address that would be https"),
            Case(listen: ["unix:/x"], tls: false), Case(listen: ["127.0.0.1:1"], tls: false),
        ])
    func rules(rule: Case) throws {
        var configuration = ServerConfiguration()
        configuration.listen = try rule.listen.map { try #require(ListenAddress($0)) }
        if rule.tls { (configuration.tlsCertificate, configuration.tlsKey) = ("cert.pem", "key.pem") }
        if let says = rule.says {
            let error = #expect(throws: ServiceError.self) { try configuration.validate() }
            #expect(error?.message.contains(says) == true)
        } else {
            try configuration.validate()
        }
        configuration.tlsKey = rule.tls ? nil : "key.pem"
        #expect(throws: ServiceError.self) { try configuration.validate() }
    }
}
