import Testing
import WorkerLink

@testable import Server

@Suite("Pages of other servers", .timeLimit(.minutes(2)))
struct ForeignPageTests {
    private static let portal = "https://portal.example"
    private let rules = HostRules(allowed: [], origins: [portal])

    @Test(
        "may not show pictures, unless their origin is allowed; people may open what they like",
        arguments: [
            Fetch("cross-site", "no-cors", "image", referrer: "https://evil.example/", isAllowed: false),
            Fetch("cross-site", "no-cors", "image", isAllowed: false),
            Fetch("same-site", "no-cors", "image", referrer: "http://localhost:8123/", isAllowed: false),
            Fetch("cross-site", "cors", "empty", referrer: "https://evil.example/a", isAllowed: false),
            Fetch("cross-site", "no-cors", "image", referrer: "https://portal.example/page?x", isAllowed: true),
            Fetch("cross-site", "no-cors", "image", referrer: "https://PORTAL.example/", isAllowed: true),
            Fetch(
                "cross-site", "no-cors", "image", referrer: "https://portal.example.evil.example/", isAllowed: false),
            // One that tells nobody where it is, but to whom it calls.
            Fetch("cross-site", "cors", "empty", origin: portal, isAllowed: true),
            Fetch(
                "cross-site", "cors", "empty", origin: "https://evil.example", referrer: portal + "/", isAllowed: false),
            Fetch("cross-site", "navigate", "document", referrer: "https://evil.example/", isAllowed: true),
            Fetch("cross-site", "navigate", nil, isAllowed: true),
            Fetch("cross-site", "navigate", "iframe", referrer: "https://evil.example/", isAllowed: false),
            Fetch("cross-site", "navigate", "object", isAllowed: false),
            Fetch("same-site", "navigate", "embed", referrer: "http://localhost:8123/", isAllowed: false),
            Fetch("cross-site", "navigate", "iframe", referrer: "https://portal.example/", isAllowed: true),
            Fetch("same-origin", "no-cors", "image", referrer: "http://localhost:8277/", isAllowed: true),
            Fetch("same-origin", "navigate", "iframe", isAllowed: true),
            Fetch("none", "navigate", "document", isAllowed: true), Fetch(nil, nil, nil, isAllowed: true),
            Fetch(nil, nil, nil, referrer: "https://evil.example/", isAllowed: true),
        ])
    func fetched(fetch: Fetch) {
        #expect((rules.refusal(fetch.metadata) == nil) == fetch.isAllowed)
    }

    struct Fetch: Sendable, CustomTestStringConvertible {
        var metadata: FetchMetadata
        var isAllowed: Bool

        init(
            _ site: String?, _ mode: String?, _ destination: String?, origin: String? = nil, referrer: String? = nil,
            isAllowed: Bool
        ) {
            metadata = FetchMetadata(
                site: site, mode: mode, destination: destination, origin: origin, referrer: referrer)
            self.isAllowed = isAllowed
        }

        var testDescription: String {
            [metadata.site, metadata.mode, metadata.destination, metadata.page].map { $0 ?? "–" }.joined(separator: " ")
        }
    }

    @Test("a frame may ask for what says itself in whose frames it stands")
    func embedded() {
        let frame = FetchMetadata(site: "cross-site", mode: "navigate", destination: "iframe")
        #expect(rules.refusal(frame, mayBeFramed: true) == nil)
        let picture = FetchMetadata(site: "cross-site", mode: "no-cors", destination: "image")
        #expect(rules.refusal(picture, mayBeFramed: true) != nil)
    }

    @Test("an allowed origin may open sockets, others may not")
    func sockets() {
        #expect(rules.refusal(hosts: ["10.0.0.1:8277"], origins: [Self.portal], from: ClientPlace()) == nil)
        #expect(rules.refusal(hosts: ["10.0.0.1:8277"], origins: ["https://evil.example"], from: ClientPlace()) != nil)
        #expect(rules.refusal(hosts: ["10.0.0.1:8277"], origins: ["http://10.0.0.1:8277"], from: ClientPlace()) == nil)
    }

    @Test("answers say who may show them")
    func policy() async throws {
        try await RunningTestServer.run { server in
            let feed = server.addTaps("live", state: .retrying)[0]
            feed.publish(TestFrames.frame(1))
            let answer = try await server.get(PictureTests.frame)
            #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
            let foreign = try await server.get(
                PictureTests.frame, headers: ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"])
            #expect(foreign.status == 403)
            #expect(try foreign.errorCode() == "origin_not_allowed")
        }
    }

    @Test("nothing but an embedded tap stands in a frame of another page, whatever a browser says of who asks")
    func frames() async throws {
        let house = try #require(FramingOrigin("https://house.example"))
        for allowed in [[], [Self.portal]] {
            try await RunningTestServer.run(framedBy: [house], allowing: allowed) { server in
                let feed = server.addTaps("live")[0]
                feed.publish(TestFrames.frame(1))
                feed.end(.endOfStream)
                let pictures = "/api/vp/taps/cam/live"
                for path in ["\(pictures)/frame.jpg", "\(pictures)/stream.mjpeg", "/healthz", "/nope", "/metrics"] {
                    let answer = try await server.get(path)
                    let policy = "frame-ancestors " + (allowed.first ?? "'none'")
                    #expect(answer.headers["content-security-policy"] == policy, "\(path)")
                    #expect(answer.headers["x-frame-options"] == (allowed.isEmpty ? "DENY" : nil), "\(path)")
                }
                let page = try await server.get("/").headers
                #expect(page["content-security-policy"]?.hasSuffix("frame-ancestors 'none'") == true)
                #expect(page["x-frame-options"] == "DENY")
                let framed = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"]
                let embedded = try await server.get("/embed/cam/live", headers: framed)
                #expect(embedded.status == 200)
                #expect(embedded.headers["x-frame-options"] == nil)
                #expect(try await server.get("\(pictures)/stream.mjpeg", headers: framed).status == 403)
            }
        }
    }

    @Test("a page of an allowed origin may ask before it calls, and read what answers and refusals say")
    func calls() async throws {
        try await RunningTestServer.run(allowing: [Self.portal]) { server in
            let asking = ["Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"]
            let site = ["Origin": Self.portal, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"]
            for path in ["/api/vp/instances/cam", "/api/vp/taps/cam/live/frame.jpg"] {
                let answer = try await server.send("OPTIONS", path, headers: asking.merging(site) { $1 })
                #expect(answer.status == 204)
                #expect(answer.body.isEmpty)
                #expect(answer.headers["access-control-allow-origin"] == Self.portal)
                #expect(answer.headers["access-control-allow-methods"]?.contains("PUT") == true)
                #expect(answer.headers["access-control-allow-headers"]?.contains("Content-Type") == true)
                #expect(answer.headers["access-control-max-age"] != nil)
            }
            let evil = try await server.send(
                "OPTIONS", "/healthz", headers: asking.merging(["Origin": "https://evil.example"]) { $1 })
            #expect(evil.status == 403)
            #expect(evil.headers["access-control-allow-origin"] == nil)
            let same = try await server.send(
                "OPTIONS", "/healthz", headers: asking.merging(["Origin": "http://127.0.0.1:\(server.port)"]) { $1 })
            #expect(same.status == 405)
            let feed = server.addTaps("live", state: .retrying)[0]
            feed.publish(TestFrames.frame(1))
            for (path, status) in [(PictureTests.frame, 200), ("/api/vp/instances/nope", 404), ("/nope", 404)] {
                let answer = try await server.get(path, headers: site)
                #expect(answer.status == status)
                #expect(answer.headers["access-control-allow-origin"] == Self.portal)
                #expect(answer.headers["vary"] == "Origin")
                let exposed = try #require(answer.headers["access-control-expose-headers"])
                for name in ["X-Timestamp", "X-Age-Ms", "ETag"] { #expect(exposed.contains(name)) }
            }
            #expect(try await server.get("/healthz").headers["vary"] == "Origin")
        }
    }
}
