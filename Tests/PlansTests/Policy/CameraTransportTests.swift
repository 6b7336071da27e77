import Plans
import TestSupport
import Testing

/// Over UDP a camera's client sends to whatever address the server names.
@Suite("How cameras of text from the network are reached")
struct CameraTransportTests {
    private static let camera = "rtspsrc location=rtsp://10.0.0.5/main"

    @Test(
        "Not over UDP, however that is written",
        arguments: ["udp", "UDP", "tcp+udp", "udp+tcp", "udp-mcast", "1", "5", "7", "0x1"])
    func refused(_ protocols: String) {
        let said = refusals("\(Self.camera) protocols=\(protocols) ! rtph264depay ! avdec_h264 ! streamtap")
        #expect(said.map(\.code) == [.valueNotAllowed])
    }

    @Test("Over TCP", arguments: ["tcp", "TCP", "tls", "tcp+tls", "4"])
    func allowed(_ protocols: String) {
        #expect(refusals("\(Self.camera) protocols=\(protocols) ! rtph264depay ! avdec_h264 ! streamtap").isEmpty)
    }
}
