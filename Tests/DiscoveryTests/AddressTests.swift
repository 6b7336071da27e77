import Plans
import Testing

@testable import Discovery

@Suite("Where cameras say they are")
struct AddressTests {
    @Test(
        "a service's address is read in one way only",
        arguments: [
            ("http://10.0.0.5/onvif/device_service", "http://10.0.0.5/onvif/device_service"),
            ("HTTP://10.0.0.5:80", "http://10.0.0.5/"), ("http://10.0.0.5:8000/a?b=c", "http://10.0.0.5:8000/a?b=c"),
            ("http://[fd00::5]:81/x", "http://[fd00::5]:81/x"),
            ("http://[::ffff:10.0.0.5]/x", "http://10.0.0.5/x"),
            ("https://10.0.0.5/x", nil), ("http://camera.local/x", nil), ("http://user:pw@10.0.0.5/x", nil),
            ("http://10.0.0.5\\@10.0.0.6/", nil), ("http://10.0.0.5#@10.0.0.6/", nil), ("http://10.0.0.5:0/x", nil),
            ("http://10.0.0.5:99999/x", nil), ("http://010.0.0.5/x", nil), ("http://167772165/x", nil),
            ("http://10.0.0.5 /x", nil), ("http://10.0.0.5/a\r\nHost: b", nil), ("http:///x", nil), ("", nil),
            ("http://[fd00::5/x", nil), ("http://[10.0.0.5]/x", nil), ("http://10.0.0.5:80:80/", nil),
        ] as [(String, String?)])
    func service(text: String, wanted: String?) {
        #expect(ServiceAddress(text)?.text == wanted)
    }

    @Test(
        "people name a camera by its address, and no other service",
        arguments: [
            ("10.0.0.5", "http://10.0.0.5/onvif/device_service"),
            ("10.0.0.5:8000", "http://10.0.0.5:8000/onvif/device_service"),
            ("[fd00::5]:8000", "http://[fd00::5]:8000/onvif/device_service"),
            ("fd00::5", "http://[fd00::5]/onvif/device_service"),
            ("http://10.0.0.5", "http://10.0.0.5/onvif/device_service"),
            ("http://10.0.0.5/onvif/other", "http://10.0.0.5/onvif/other"),
            ("http://10.0.0.5/admin/reboot", nil), ("camera", nil), ("10.0.0.5/24", nil), ("", nil),
        ] as [(String, String?)])
    func naming(text: String, wanted: String?) {
        #expect(ServiceAddress(naming: text)?.text == wanted)
    }

    @Test("a stream is where cameras may be, or where the camera itself is, and not on this machine")
    func streams() throws {
        let camera = try #require(NetworkAddress("10.0.0.5"))
        let rule = PlaceRule(policy: AddressPolicy())
        func place(_ text: String) -> Result<String, CameraProblem> {
            do throws(CameraProblem) {
                return .success(try rule.place(named: text, schemes: ["rtsp"], by: camera))
            } catch {
                return .failure(error)
            }
        }
        for (text, wanted) in [
            ("rtsp://10.0.0.5/main?a=b", "rtsp://10.0.0.5/main?a=b"),
            ("RTSP://10.0.0.6:554/x", "rtsp://10.0.0.6:554/x"),
            // Credentials that a camera writes into its own address are shown to nobody.
            ("rtsp://admin:pw@10.0.0.5/main", "rtsp://10.0.0.5/main"),
            ("rtsp://a:b@c@10.0.0.5/main", "rtsp://10.0.0.5/main"),
        ] {
            #expect(try place(text).get() == wanted)
        }
        for text in [
            "rtsp://169.254.169.254/latest", "rtsp://127.0.0.1:8277/api", "rtsp://[::1]/x", "rtsp://localhost/x",
            "rtsp://0.0.0.0/x", "rtsp://0x7f000001/x", "rtsp://10.0.0.5@127.0.0.1/x", "http://10.0.0.5/x",
            "file:///etc/passwd",
            "rtsp://10.0.0.5/main?user=admin&password=secret", "rtsp://10.0.0.5/\u{1B}[2J", "rtsp://10.0.0.5 /x", "",
            "rtsp://",
            "rtsp://10.0.0.5\\@10.0.0.6/x",
        ] {
            #expect(throws: CameraProblem.self, "\(text)") { try place(text).get() }
        }
        // Every address of this machine, those too that the policy lets through.
        for own in NetworkInterface.ownAddresses() where own.bytes.count == 4 {
            #expect(throws: CameraProblem.self) { try place("rtsp://\(own):8277/").get() }
        }
    }

    @Test("a camera is asked at the address that it answers from, whatever it names")
    func sender() throws {
        let sender = try #require(NetworkAddress("10.0.0.5"))
        func match(_ services: String...) -> ProbeMatch { ProbeMatch(endpoint: "", services: services) }
        let service = try match("http://[fe80::1]/x", "http://10.0.0.6/x", "http://10.0.0.5:81/onvif/y").service(
            from: sender)
        #expect(service.text == "http://10.0.0.5:81/onvif/y")
        for named in ["http://169.254.169.254/latest", "http://10.0.0.6/x", "https://10.0.0.5/x", "nonsense"] {
            #expect(throws: CameraProblem.self) { try match(named).service(from: sender) }
        }
    }

    @Test("answers to others' questions, and what is no answer, find nothing")
    func matches() {
        func answer(_ relates: String, _ body: String) -> [UInt8] {
            Array(
                """
                <e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header><RelatesTo>\(relates)</RelatesTo></e:Header>\
                <e:Body><ProbeMatches>\(body)</ProbeMatches></e:Body></e:Envelope>
                """.utf8)
        }
        let match = """
            <ProbeMatch><EndpointReference><Address>urn:uuid:1</Address></EndpointReference><Scopes>
            onvif://www.onvif.org/name/Front%20door%1B%5B2J ONVIF://www.onvif.org/hardware/X1</Scopes>
            <XAddrs>http://10.0.0.5/a  http://10.0.0.6/b</XAddrs></ProbeMatch>
            """
        let found = ProbeMatch.matches(in: answer("mine", match), to: ["mine"])
        #expect(found.map(\.services) == [["http://10.0.0.5/a", "http://10.0.0.6/b"]])
        #expect(
            found.first?.name == "Front door [2J" && found.first?.hardware == "X1"
                && found.first?.endpoint == "urn:uuid:1")
        #expect(ProbeMatch.matches(in: answer("yours", match), to: ["mine"]).isEmpty)
        #expect(ProbeMatch.matches(in: answer("mine", "<ProbeMatch/>"), to: ["mine"]).isEmpty)
        #expect(ProbeMatch.matches(in: Array("hello".utf8), to: ["mine"]).isEmpty)
        #expect(ProbeMatch.matches(in: answer("mine", String(repeating: match, count: 50)), to: ["mine"]).count == 8)
    }
}
