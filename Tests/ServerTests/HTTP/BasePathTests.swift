import TestSupport
import Testing

@testable import Server

@Suite("Below a path", .timeLimit(.minutes(1)))
struct BasePathTests {
    @Test("what is a path", arguments: ["/cams", "/a/b", "/a.b_c-d~e/7"])
    func paths(text: String) { #expect(BasePath(text)?.text == text) }

    @Test(
        "and what is none",
        arguments: ["", "/", "cams", "/cams/", "//cams", "/a//b", "/..", "/a/./b", "/a b", "/a%20b", "/a?b"])
    func others(text: String) { #expect(BasePath(text) == nil) }

    @Test("everything is below it, sockets too, and nothing beside it")
    func below() async throws {
        try await RunningTestServer.run(basePath: "/house/cams") { server in
            let feed = server.addTaps("live", state: .retrying)[0]
            feed.publish(TestFrames.frame(1))
            for (path, status) in [
                ("/house/cams/", 200), ("/house/cams/healthz", 200), ("/house/cams\(PictureTests.frame)", 200),
                ("/house/cams/api/vp/instances?x=1", 200), ("/house/cams/nope", 404),
                ("/", 404), ("/healthz", 404), (PictureTests.frame, 404), ("/house", 404), ("/house/camshealthz", 404),
                ("/house/camsx/healthz", 404), ("/house/cams//healthz", 200), ("//house/cams/healthz", 404),
                ("/house/cams/../../healthz", 404), ("/HOUSE/CAMS/healthz", 404), ("/house%2Fcams/healthz", 404),
            ] {
                let answer = try await server.get(path)
                #expect(answer.status == status, "\(path)")
                if status == 404 { answer.expectRefusesPages() }
            }
            let place = try await server.get("/house/cams?wall=1")
            #expect(place.status == 308)
            #expect(place.headers["location"] == "cams/?wall=1")
            _ = try await WebSocketClient.connect(port: server.port, path: "/house/cams/ws/vp/tap/cam/live")
            _ = try await WebSocketClient.connect(port: server.port, path: "/house/cams/ws/vp?x")
            for path in ["/ws/vp", "/ws/vp/tap/cam/live", "/house/camsws/vp"] {
                await #expect(throws: (any Error).self) {
                    try await WebSocketClient.connect(port: server.port, path: path)
                }
            }
            let posted = try await server.send("PUT", "/house/cams/api/vp/instances/a", body: "{\"plan\":\"nope\"}")
            #expect(try posted.errorCode() == "plan_unknown")
        }
    }
}
