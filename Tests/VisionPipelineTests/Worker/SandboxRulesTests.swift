import Foundation
import Plans
import TestSupport
import Testing

@testable import VisionPipeline

struct SandboxRulesTests {
    private func rules(
        _ text: String, _ parameters: [String: ParameterValue] = [:],
        environment: [String: String] = ["HOME": "/home/nobody"],
        in directory: String = "/home/nobody/work", apiPorts: Set<UInt16> = [8277]
    ) throws -> SandboxRules {
        SandboxRules(
            try Plan(parsing: text).binding(parameters).graph, environment: environment, workingDirectory: directory,
            apiPorts: apiPorts)
    }

    @Test("a sink may change its directory, a source read its own, and nobody the root")
    func files() throws {
        let place = try TemporaryDirectory().path
        let sink = try rules("videotestsrc ! blur ! jpegenc ! filesink location=\(place)/a.jpg")
        #expect(sink.changeable == [place])
        #expect(!sink.readable.contains(place))
        let source = try rules("filesrc location=\(place)/a.mp4 ! decodebin ! streamtap")
        #expect(source.readable.contains(place) && source.changeable.isEmpty)
        let address = try rules("uridecodebin uri=file://\(place)/a%20b.mp4 ! streamtap")
        #expect(address.readable.contains(place) && address.changeable.isEmpty)
        let later = try rules("videotestsrc ! jpegenc ! filesink location=\(place)/still/to/come/a.jpg")
        #expect(later.changeable == [place])
        for path in ["/a.mp4", "/nowhere/to/be/found/a.mp4", "/etc/a.mp4", "../../../../../a.mp4"] {
            let changeable = try rules("videotestsrc ! jpegenc ! filesink location=\(path)", in: place).changeable
            #expect(changeable.allSatisfy { $0 == path || $0.hasSuffix(path) }, "\(path): \(changeable)")
        }
    }

    @Test("a bare name is in the working directory; what names no file opens nothing")
    func relative() throws {
        let place = try TemporaryDirectory().path
        #expect(
            try rules("videotestsrc ! jpegenc ! multifilesink location=a-%05d.jpg", in: place).changeable == [place])
        #expect(
            try rules("videotestsrc ! x264enc ! rtph264pay ! udpsink host=10.0.0.9 port=5000", in: place).changeable
                .isEmpty)
        #expect(try rules("videotestsrc ! textoverlay text=hello ! streamtap", in: place).changeable.isEmpty)
    }

    @Test("parameters count as what they are bound to")
    func parameters() throws {
        let place = try TemporaryDirectory().path
        let text = """
            ---
            parameters:
              film: {type: string, format: path}
              camera: {type: string, format: uri}
            ---
            filesrc location=${film} ! decodebin ! streamtap name=a
            rtspsrc location=${camera} ! decodebin ! streamtap name=b
            """
        let rules = try rules(text, ["film": .string("\(place)/a.mp4"), "camera": .string("rtsp://[fd00::1]:9554/x")])
        #expect(rules.readable.contains(place))
        #expect(rules.ports.contains(9554))
    }

    @Test("the port of the server is open only to a plan that names it")
    func ports() throws {
        let plan = "rtspsrc location=rtsp://10.0.0.5/x ! decodebin ! streamtap"
        #expect(try rules(plan).ports.isSuperset(of: [554, 80, 443, 53, 8080]))
        #expect(try !rules(plan).ports.contains(8277))
        #expect(try !rules(plan, apiPorts: [8277, 8080]).ports.contains(8080))
        let own = "souphttpsrc location=http://10.0.0.6:8277/api ! decodebin ! streamtap"
        #expect(try rules(own).ports.contains(8277))
        #expect(try rules("tcpclientsrc host=10.0.0.5 port=4444 ! decodebin ! streamtap").ports.contains(4444))
        let proxied = try rules(plan, environment: ["HOME": "/h/n", "http_proxy": "http://proxy:3128"])
        #expect(proxied.ports.contains(3128))
        #expect(SandboxRules(nil).ports.isEmpty)
    }

    @Test("nothing that every worker may read holds the operator's secrets")
    func secrets() {
        let rules = SandboxRules(
            nil, environment: ["HOME": "/home/nobody", "GST_PLUGIN_PATH": "/opt/plugins:/", "FOO_DIR": "/etc"])
        for path in ["/", "/etc", "/home", "/home/nobody", "/run", "/var", "/root", "/opt", "/tmp"] {
            #expect(!rules.readable.contains(path), "\(path)")
        }
        #expect(rules.readable.contains("/opt/plugins"))
        #expect(rules.changeable.isEmpty)
    }
}
