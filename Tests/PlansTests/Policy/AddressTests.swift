import Plans
import Testing

@Suite("Addresses in plan text from the network")
struct AddressTests {
    static let addresses: [String] = [
        "file:///etc/passwd", "http://10.0.0.5/", "rtsp://127.0.0.1:8277/", "rtsp://127.9.9.9/a", "rtsp://[::1]/a",
        "rtsp://localhost/a",
        "rtsp://LOCALHOST./a", "rtsp://a.localhost/", "rtsp://[::ffff:127.0.0.1]/a", "rtsp://[::ffff:7f00:1]/a",
        "rtsp://[0:0:0:0:0:0:0:1]/a",
        "rtsp://127.1/a", "rtsp://2130706433/a", "rtsp://0x7f000001/a", "rtsp://0177.0.0.1/a", "rtsp://0.0.0.0/a",
        "rtsp://[::]/a",
        "rtsp://169.254.169.254/latest", "rtsp://[fe80::1]/a", "rtsp://224.0.0.1/a", "rtsp://[ff02::1]/a",
        "rtsp://[2002:7f00:1::]/a",
        "rtsp://[64:ff9b::7f00:1]/a", "rtsp://user:pw@10.0.0.5/a", "rtsp://10.0.0.5\\@127.0.0.1/a", "rtsp://",
        "rtspt://10.0.0.5/a",
    ]

    @Test("Addresses of this machine, its link and nobody are refused", arguments: addresses)
    func address(_ address: String) {
        let said = refusals("rtspsrc location=\"\(address.replacing("\\", with: "\\\\"))\" ! streamtap")
        #expect(said.map(\.code) == [.valueNotAllowed])
        #expect(said.first?.hint?.hasPrefix("rule rtspsrc.location") == true)
    }

    @Test(
        "Cameras elsewhere are welcome",
        arguments: [
            "rtsp://10.0.0.5/main", "rtsps://camera.example.org:322/a?b=c", "rtsp://192.168.1.2:554",
            "rtsp://[2001:db8::5]/a", "rtsp://[fd00::5]:554/a",
        ])
    func camera(_ address: String) {
        #expect(refusals("rtspsrc location=\(address) ! streamtap").isEmpty)
    }

    @Test("A server in a test may allow its own machine")
    func loopback() {
        let policy = AddressPolicy(networks: ["127.0.0.0/8", "::1"].compactMap { Network($0) })
        for host in ["127.0.0.1:8554", "localhost", "[::1]:8554"] {
            #expect(refusals("rtspsrc location=rtsp://\(host)/a ! streamtap", addresses: policy).isEmpty)
        }
        #expect(!refusals("rtspsrc location=rtsp://0.0.0.0/a ! streamtap", addresses: policy).isEmpty)
    }
}
