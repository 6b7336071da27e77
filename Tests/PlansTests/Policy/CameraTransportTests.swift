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

    @Test("One that says nothing is held to TCP, and one that does is left alone")
    func held() throws {
        let plan = try Plan(
            parsing:
                "\(Self.camera) ! rtph264depay ! avdec_h264 ! streamtap rtspsrc protocols=tls name=b ! fakesink b. ! fakesink"
        )
        let held = plan.holdingCamerasToTCP.graph.nodes.filter { $0.kind == .named("rtspsrc", gstreamerOnly: false) }
        #expect(
            held.map { $0.properties.filter { $0.property == "protocols" }.map(\.value) } == [
                [.literal("tcp")], [.literal("tls")],
            ])
    }
}
