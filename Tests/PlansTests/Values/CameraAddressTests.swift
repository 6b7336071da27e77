import Testing

@testable import Plans

/// Addresses of cameras as people type them, and what a plan makes of them.
struct CameraAddressTests {
    struct Typed: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var address: String
        var user: String?
        var password: String?

        init(_ typed: String, _ address: String, _ user: String? = nil, _ password: String? = nil) {
            (testDescription, self.address, self.user, self.password) = (typed, address, user, password)
        }
    }

    static let typed = [
        Typed("rtsp://cam/main", "rtsp://cam/main"),
        Typed("RTSP://cam:554/main?a=b&c=d", "RTSP://cam:554/main?a=b&c=d"),
        Typed("rtsp://me:secret@cam/main", "rtsp://cam/main", "me", "secret"),
        Typed("rtsps://me:secret@cam:322/main", "rtsps://cam:322/main", "me", "secret"),
        Typed("rtsp://me@cam/main", "rtsp://cam/main", "me", ""),
        Typed("rtsp://me:@cam/main", "rtsp://cam/main", "me", ""),
        Typed("rtsp://me:p@ss@cam/main", "rtsp://cam/main", "me", "p@ss"),
        Typed("rtsp://me:p@ss@cam/live@1", "rtsp://cam/live@1", "me", "p@ss"),
        Typed("rtsp://me:p:w@cam/main", "rtsp://cam/main", "me", "p:w"),
        Typed("rtsp://me:p/w@cam/main", "rtsp://cam/main", "me", "p/w"),
        Typed("rtsp://me:p#1@cam/main", "rtsp://cam/main", "me", "p#1"),
        Typed("rtsp://me:1#p@cam/main", "rtsp://cam/main", "me", "1#p"),
        Typed("rtsp://me:why?@cam/main?a=b", "rtsp://cam/main?a=b", "me", "why?"),
        Typed("rtsp://me:100%@cam/main", "rtsp://cam/main", "me", "100%"),
        Typed("rtsp://me:100%sure@cam/main", "rtsp://cam/main", "me", "100%sure"),
        Typed("rtsp://me:p%40s%2Fs%3a%25@cam/main", "rtsp://cam/main", "me", "p@s/s:%"),
        Typed("rtsp://m%C3%A9:%C3%A4@cam/main", "rtsp://cam/main", "mé", "ä"),
        Typed("rtsp://me:%FF%FE@cam/main", "rtsp://cam/main", "me", "%FF%FE"),
        Typed("rtsp://me:a b@cam/main", "rtsp://cam/main", "me", "a b"),
        Typed("rtsp://[::1]:8554/main", "rtsp://[::1]:8554/main"),
        Typed("rtsp://me:pw@[fe80::1%25eth0]:8554/main", "rtsp://[fe80::1%25eth0]:8554/main", "me", "pw"),
        Typed("rtsp://cam:554/live@1", "rtsp://cam:554/live@1"),
        Typed("rtsp://cam/live@1?x=a@b", "rtsp://cam/live@1?x=a@b"),
        Typed("rtsp://cam:554", "rtsp://cam:554"),
        Typed("rtsp://cam/Front door/ä", "rtsp://cam/Front%20door/%C3%A4"),
        Typed("rtsp://cam/a%20b", "rtsp://cam/a%20b"),
        Typed("rtsp://@cam/main", "rtsp://cam/main", "", ""),
        Typed("rtsp://", "rtsp://"),
    ]

    @Test("is taken apart", arguments: typed)
    func parts(_ typed: Typed) throws {
        let address = try #require(CameraAddress(typed.testDescription))
        #expect(address.address == typed.address)
        #expect(address.user == typed.user && address.password == typed.password)
        // What it becomes where no property takes a password means the same.
        let again = try #require(CameraAddress(address.encoded))
        #expect(again.address == typed.address && again.user == typed.user && again.password == typed.password)
        if let user = address.user, let password = address.password, !user.isEmpty || !password.isEmpty {
            #expect(
                again.encoded.dropFirst("rtsps://".count).prefix { $0 != "@" }.allSatisfy { !"/?#[] ".contains($0) })
        }
    }

    @Test(
        "others are left alone", arguments: ["", "http://me:pw@cam/", "file:///a", "/dev/video0", "rtsp:/cam", "cam"])
    func others(_ text: String) {
        #expect(CameraAddress(text) == nil)
    }

    /// What an element gets, in the order of the names.
    private func properties(_ plan: String, _ values: [String: ParameterValue] = [:]) throws -> [String] {
        let parameters = values.keys.sorted().map { "  \($0): {type: string}\n" }.joined()
        let front = values.isEmpty ? "" : "---\nparameters:\n\(parameters)---\n"
        let bound = try Plan(parsing: front + plan + " ! rtph264depay ! avdec_h264 ! streamtap").binding(values)
        return bound.reachingCameras.graph.nodes[0].properties.map { property in
            let value: String =
                switch property.value {
                case .literal(let text), .bound(.string(let text), _): text
                default: "?"
                }
            return "\(property.name)=\(value)"
        }.sorted()
    }

    @Test("is reached over TCP, and waited for 5 s, unless the plan says otherwise")
    func transport() throws {
        let usual = ["protocols=tcp", "tcp-timeout=5000000"]
        #expect(try properties("rtspsrc location=rtsp://a/b") == ["location=rtsp://a/b"] + usual)
        #expect(try properties("rtspsrc location=rtsps://a/b") == ["location=rtsps://a/b"] + usual)
        #expect(
            try properties("rtspsrc location=rtsp://a/b protocols=udp tcp_timeout=1")
                == ["location=rtsp://a/b", "protocols=udp", "tcp_timeout=1"])
        #expect(try properties("rtspsrc location=rtspu://a/b") == ["location=rtspu://a/b", "tcp-timeout=5000000"])
        #expect(try properties("videotestsrc pattern=ball") == ["pattern=ball"])
    }

    @Test("keeps no password; one in the address counts more than one beside it")
    func credentials() throws {
        let other = ["camera": ParameterValue.string("rtsp://me:p%40ss%2F1@cam/main")]
        #expect(
            try properties("rtspsrc location=${camera} user-id=you user-pw=no protocols=tcp tcp-timeout=1", other)
                == ["location=rtsp://cam/main", "protocols=tcp", "tcp-timeout=1", "user-id=me", "user-pw=p@ss/1"])
        #expect(
            try properties("rtspsrc location=rtsp://cam/main user-id=you user-pw=yes protocols=tcp tcp-timeout=1")
                == ["location=rtsp://cam/main", "protocols=tcp", "tcp-timeout=1", "user-id=you", "user-pw=yes"])
        #expect(try properties("uridecodebin uri=${camera}", other) == ["uri=rtsp://me:p%40ss%2F1@cam/main"])
    }
}
