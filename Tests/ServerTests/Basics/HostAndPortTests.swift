import Testing

@testable import Server

@Suite("A host and its port, as addresses have them")
struct HostAndPortTests {
    private struct Parts: Equatable {
        var host: String
        var port: String?
        var number: Int?
    }

    @Test(
        "Each form is taken apart; what is none is none",
        arguments: [
            ("cam", ("cam", nil, nil)), ("cam:554", ("cam", "554", 554)), ("[::1]:80", ("::1", "80", 80)),
            ("[::1]", ("::1", nil, nil)), ("2001:db8::7", ("2001:db8::7", nil, nil)), ("cam:", ("cam", "", nil)),
            ("cam:+80", ("cam", "+80", nil)), ("cam:٨٠", ("cam", "٨٠", nil)), ("cam:65536", ("cam", "65536", nil)),
            ("cam:000080", ("cam", "000080", 80)), ("192.0.2.7:_x", ("192.0.2.7", "_x", nil)), ("[::1", nil),
            ("[::1]80", nil), ("[::1]:80:90", ("::1", "80:90", nil)), ("", ("", nil, nil)), (":80", ("", "80", 80)),
        ] as [(String, (String, String?, Int?)?)])
    func forms(text: String, expected: (String, String?, Int?)?) {
        let parts = HostAndPort(text).map { Parts(host: $0.host, port: $0.port, number: $0.portNumber) }
        #expect(parts == expected.map { Parts(host: $0.0, port: $0.1, number: $0.2) })
    }

    @Test(
        "Names that others would read differently are nobody's",
        arguments: [
            "cam:+80", "cam:", "cam:٨٠", "2001:db8::7", "[::1", "[::1]x", "a@b", "a/b", "a b", "", ".", "[]", ":80",
        ])
    func authority(text: String) {
        #expect(Authority(text, isSecure: false) == nil)
        #expect(ListenAddress(text) == nil)
    }
}
