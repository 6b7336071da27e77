import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

/// Names are looked up once, asked about, and connected to as they were asked about.
struct CameraAddressTests {
    /// What the plan's address becomes; throws what speaks against it.
    private func resolved(
        _ address: String, parameters: Set<String>? = ["camera"], given: Bool = true,
        hosts: [String: [String]] = [:]
    ) throws -> String {
        let plan = try Plan(
            parsing: """
                ---
                parameters: {camera: {type: string, format: uri, default: "\(address)"}}
                ---
                rtspsrc location=${camera} ! streamtap
                """)
        let bound = try plan.binding(given ? ["camera": .string(address)] : [:])
        let addresses = CameraAddresses(rule: CameraRule(policy: AddressPolicy(), parameters: parameters)) {
            host throws(CameraAddresses.LookupFailure) in
            guard let found = hosts[host] else { throw CameraAddresses.LookupFailure(message: "\(host): unknown") }
            return found.compactMap { NetworkAddress($0) }
        }
        let graph = try addresses.resolve(bound.graph)
        guard case .bound(.string(let text), _) = graph.nodes[0].properties[0].value else { return "" }
        return text
    }

    @Test("A name becomes the address that was asked about")
    func pinned() throws {
        let hosts = ["cam.example": ["10.0.0.5", "10.0.0.6"], "six.example": ["fd00::5"]]
        #expect(try resolved("rtsp://cam.example:554/a?b", hosts: hosts) == "rtsp://10.0.0.5:554/a?b")
        #expect(try resolved("RTSP://six.example/a", hosts: hosts) == "RTSP://[fd00::5]/a")
        #expect(try resolved("rtsp://[fd00::7]:554/a") == "rtsp://[fd00::7]:554/a")
        #expect(try resolved("rtsp://10.0.0.9") == "rtsp://10.0.0.9")
        // Its certificate is for the name.
        #expect(try resolved("rtsps://cam.example/a", hosts: hosts) == "rtsps://cam.example/a")
    }

    @Test(
        "A name that leads to this machine, its link or metadata is refused, even with one of its addresses",
        arguments: [["127.0.0.1"], ["10.0.0.5", "127.0.0.1"], ["::1"], ["169.254.169.254"], ["fe80::1"], []])
    func refused(_ addresses: [String]) {
        for scheme in ["rtsp", "rtsps"] {
            do {
                _ = try resolved("\(scheme)://cam.example/a", hosts: ["cam.example": addresses])
                Issue.record("\(addresses) accepted")
            } catch CameraAddresses.Problem.refused(let diagnostics) {
                #expect(diagnostics.map(\.code) == [.valueNotAllowed])
                #expect(diagnostics.first?.line == 4 && diagnostics.first?.column == 18)
            } catch {
                Issue.record("\(error)")
            }
        }
    }

    @Test("Over HTTP as well, but for what is only to be read; and where it redirects to nobody goes")
    func overHTTP() throws {
        let plan = try Plan(
            parsing: """
                ---
                parameters: {camera: {type: string, format: uri, schemes: [http, https]}, words: {type: string}}
                ---
                souphttpsrc location=${camera} automatic-redirect=true ! multipartdemux ! jpegdec ! textoverlay text=${words}
                  ! streamtap
                """)
        func properties(_ camera: String) throws -> [[String?]] {
            let bound = try plan.binding(["camera": .string(camera), "words": .string("http://127.0.0.1/")])
            let rule = CameraRule(policy: AddressPolicy(), parameters: ["camera", "words"])
            let graph = try CameraAddresses(rule: rule) { _ throws(CameraAddresses.LookupFailure) in
                NetworkAddress("10.0.0.5").map { [$0] } ?? []
            }.resolve(bound.graph)
            return graph.nodes.map { $0.properties.map { "\($0.name)=\($0.value.text ?? "")" } }
        }
        let http = try properties("http://cam.example:8080/video?a=b")
        #expect(http[0] == ["location=http://10.0.0.5:8080/video?a=b", "automatic-redirect=false"])
        #expect(http[3] == ["text=http://127.0.0.1/"])
        // Its certificate is for the name.
        #expect(try properties("https://cam.example/v")[0].first == "location=https://cam.example/v")
        #expect(throws: CameraAddresses.Problem.self) { try properties("http://127.0.0.1/") }
    }

    @Test("The operator's own addresses are not asked about, and nobody is looked up for them")
    func own() throws {
        #expect(try resolved("rtsp://127.0.0.1/a", parameters: []) == "rtsp://127.0.0.1/a")
        #expect(throws: CameraAddresses.Problem.self) { try resolved("rtsp://127.0.0.1/a", parameters: nil) }
    }

    @Test("A name that nobody knows is the camera's trouble, not the plan's")
    func unknown() {
        do {
            _ = try resolved("rtsp://nobody.example/a")
            Issue.record("accepted")
        } catch CameraAddresses.Problem.unknownHost(let words) {
            #expect(words.contains("nobody.example"))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("The system's own look-up knows this machine")
    func system() throws {
        #expect(try CameraAddresses.systemLookUp("localhost").contains { ["127.0.0.1", "::1"].contains("\($0)") })
    }
}
