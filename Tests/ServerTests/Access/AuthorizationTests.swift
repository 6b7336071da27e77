import Hummingbird
import NIOPosix
import TestSupport
import Testing

@testable import Server

/// Who may do what: every route, and every message of a socket, by role.
@Suite("Authorisation")
struct AuthorizationTests {
    /// From whom on; what is not here must not be there.
    enum Least: String, Sendable, Comparable {
        /// Nobody has to be known.
        case anybody
        /// Somebody: what it shows is what they may see.
        case known
        case viewer
        case `operator`
        case admin

        static func < (one: Least, other: Least) -> Bool {
            let order: [Least] = [.anybody, .known, .viewer, .operator, .admin]
            return order.firstIndex(of: one) ?? 0 < order.firstIndex(of: other) ?? 0
        }
    }

    /// The table: each route with a method that does something.
    static let table: [String: Least] = [
        "GET /healthz": .anybody, "GET /readyz": .anybody, "GET /metrics": .operator,
        "GET /api/vp/session": .anybody, "POST /api/vp/session": .anybody, "DELETE /api/vp/session": .known,
        "PUT /api/vp/session/password": .known, "POST /api/vp/setup": .anybody,
        "GET /api/vp/sessions": .known, "DELETE /api/vp/sessions/{session}": .known,
        "GET /api/vp/users": .admin, "POST /api/vp/users": .admin, "GET /api/vp/users/{user}": .admin,
        "PATCH /api/vp/users/{user}": .admin, "DELETE /api/vp/users/{user}": .admin,
        "GET /api/vp/tokens": .admin, "POST /api/vp/tokens": .admin, "DELETE /api/vp/tokens/{token}": .admin,
        "GET /api/vp/plans": .operator, "GET /api/vp/plans/{plan}": .operator, "POST /api/vp/plans/validate": .admin,
        "GET /api/vp/stages": .operator, "GET /api/vp/devices": .operator, "POST /api/vp/discover": .operator,
        "POST /api/vp/ptz/move": .operator, "POST /api/vp/ptz/stop": .operator, "POST /api/vp/ptz/presets": .operator,
        "POST /api/vp/ptz/goto": .operator,
        "GET /api/vp/instances": .known, "POST /api/vp/instances": .operator,
        "GET /api/vp/instances/{instance}": .viewer, "PUT /api/vp/instances/{instance}": .operator,
        "DELETE /api/vp/instances/{instance}": .operator, "POST /api/vp/instances/{instance}/restart": .operator,
        "GET /api/vp/instances/{instance}/stages/{stage}": .operator,
        "PATCH /api/vp/instances/{instance}/stages/{stage}": .admin,
        "GET /api/vp/instances/{instance}/sources/{source}/controls": .operator,
        "PATCH /api/vp/instances/{instance}/sources/{source}/controls": .operator,
        "GET /api/vp/instances/{instance}/graph": .operator,
        "GET /api/vp/taps": .known, "GET /api/vp/taps/{instance}": .viewer,
        "GET /api/vp/taps/{instance}/{tap}/frame.jpg": .viewer,
        "GET /api/vp/taps/{instance}/{tap}/detections": .viewer,
        "GET /api/vp/taps/{instance}/{tap}/stream.mjpeg": .viewer,
        "GET /api/vp/taps/{instance}/{tap}/stream.mp4": .viewer,
        "GET /api/vp/taps/{instance}/{tap}/stream.h264": .viewer,
        "GET /api/vp/taps/{instance}/{tap}/stream.h265": .viewer,
        "GET /ws/vp": .anybody, "GET /ws/vp/tap/{instance}/{tap}": .anybody,
        "GET /api/vp/events": .operator,
        "GET /": .anybody, "GET /embed/{instance}/{tap}": .anybody, "GET /favicon.ico": .anybody,
        "GET /examples": .anybody, "GET /openapi.json": .anybody,
    ]

    /// Files of the page are everybody's.
    private static func isFile(_ path: String) -> Bool {
        PageFile.all.contains { path == "/\($0.name)" } || path.hasPrefix("/examples/")
    }

    /// Routes as the server has them, without what answers 405.
    private static func routes() -> [String] {
        let router = Router(context: ServiceContext.self)
        addRoutes(
            to: router, ServerConfiguration(), parts: .forTests(), unsent: UnsentMessages(limit: 1),
            lag: LoopLag(of: MultiThreadedEventLoopGroup.singleton))
        return router.routes.map { "\($0.method.rawValue) \($0.path.description)" }
    }

    @Test("Each route stands in the table, and each row of the table is a route")
    func complete() {
        let routes = Set(Self.routes())
        #expect(Set(Self.table.keys).subtracting(routes) == [])
        // Whatever is no row is a file, the header of one that is, or is refused to everybody as impossible.
        let rest = routes.subtracting(Self.table.keys).map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        for route in rest where !Self.isFile(route[1]) {
            let others = Self.table.keys.filter { $0.hasSuffix(" \(route[1])") }
            #expect(!others.isEmpty, "\(route)")
        }
    }

    @Test("Each is refused to those below, whatever the method, and not refused to those above")
    func walk() async throws {
        let accounts = try TestAccess.accounts()
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            _ = server.addTaps("live", instance: "door")
            let everyone: [(Least, [String: String])] = [
                (.anybody, [:]), (.viewer, TestAccess.cookie(TestAccess.viewer)),
                (.operator, TestAccess.cookie(TestAccess.operator)), (.admin, TestAccess.cookie(TestAccess.admin)),
            ]
            for route in Self.routes() {
                let parts = route.split(separator: " ", maxSplits: 1).map(String.init)
                let (method, pattern) = (parts[0], parts[1])
                // One that the viewer may see, so that only the role decides.
                let path = pattern.replacing("{instance}", with: "door").replacing("{tap}", with: "live")
                    .replacing(#/\{\w+\}/#, with: "nothing")
                // Nobody waits for pictures that do not come, or cameras that are not there.
                let isPicture = pattern.hasSuffix("frame.jpg") || pattern.hasSuffix("detections")
                let body = pattern.hasSuffix("discover") ? #"{"timeout_seconds":0.5}"# : "{}"
                let asked = method == "HEAD" ? "GET \(pattern)" : route
                let least = Self.isFile(pattern) ? .anybody : Self.table[asked]
                for (who, headers) in everyone where !pattern.hasSuffix("stream.mjpeg") || who == .anybody {
                    let answer = try await server.send(
                        method, path + (isPicture ? "?timeout=0.05" : ""), headers: headers,
                        body: ["GET", "HEAD", "OPTIONS"].contains(method) ? nil : body)
                    guard let least else {
                        #expect(answer.status == 405, "\(route): no row, so nobody may")
                        continue
                    }
                    let isAllowed = who >= least || least == .known && who > .anybody
                    switch (isAllowed, who) {
                    case (true, _):
                        let isRefusal = answer.status == 401 || answer.status == 403
                        // A wrong password and a used link are refused as such.
                        let isOwn = ["bad_credentials", "setup_over"].contains((try? answer.errorCode()) ?? "")
                        #expect(!isRefusal || isOwn, "\(who) \(route): \(answer.status)")
                    case (false, .anybody): #expect(answer.status == 401, "\(who) \(route): \(answer.status)")
                    case (false, _): #expect(answer.status == 403, "\(who) \(route): \(answer.status)")
                    }
                }
            }
        }
    }

    @Test(
        "Of what they may not see viewers are told that it is not there",
        arguments: ["frame.jpg", "stream.mjpeg", "stream.mp4", "stream.h264", "detections"])
    func hidden(what: String) async throws {
        let accounts = try TestAccess.accounts()
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            let headers = TestAccess.cookie(TestAccess.viewer)
            let secret = server.addTaps("live", instance: "secret")
            let yard = server.addTaps("live", "gray", instance: "yard-1")
            for feed in secret + yard { feed.publish(TestFrames.frame(1)) }
            for path in ["secret/live", "nowhere/live", "yard-1/gray", "yard-1/nothing"] {
                let answer = try await server.get("/api/vp/taps/\(path)/\(what)", headers: headers)
                #expect(answer.status == 404, "\(path)")
                let isTap = path.hasPrefix("yard")
                #expect(try answer.errorCode() == (isTap ? "tap_unknown" : "instance_unknown"), "\(path)")
            }
            for path in ["taps/secret", "instances/secret", "events?instance=secret"] {
                let hidden = try await server.get("/api/vp/\(path)", headers: headers)
                let unknown = try await server.get(
                    "/api/vp/\(path.replacing("secret", with: "nowhere"))", headers: headers)
                #expect(hidden.status == 404 && unknown.status == 404, "\(path)")
                let words = String(decoding: hidden.body, as: UTF8.self).replacing("secret", with: "nowhere")
                #expect(words == String(decoding: unknown.body, as: UTF8.self), "\(path)")
            }
            let all = try await server.get("/api/vp/taps", headers: headers).json()["instances"] as? [String: Any]
            #expect(all.map { Set($0.keys) } == ["yard-1"])
            let taps = try await server.get("/api/vp/taps/yard-1", headers: headers).json()["taps"] as? [String: Any]
            #expect(taps.map { Set($0.keys) } == ["live"])
        }
    }

    /// Ways to write the path of what may not be seen that some server or proxy has once taken for another.
    static let confusedPaths = [
        "/api/vp/taps/door/../secret/live/frame.jpg", "/api/vp/taps/door/%2e%2e/secret/live/frame.jpg",
        "/api/vp/taps/door%2f..%2fsecret/live/frame.jpg", "/api/vp/taps/door/live/../../secret/live/frame.jpg",
        "/api/vp/taps//secret/live/frame.jpg", "//api/vp/taps/secret/live/frame.jpg",
        "/api/vp/taps/secret//live/frame.jpg",
        "/api/vp/taps/door;secret/live/frame.jpg", "/api/vp/taps/SECRET/live/frame.jpg",
        "/api/vp/taps/secret%00/live/frame.jpg",
        "/api/vp/taps/door%00secret/live/frame.jpg", "/api/vp/taps/%73ecret/live/frame.jpg",
        "/api/vp/taps/%2573ecret/live/frame.jpg",
        "/api/vp/taps/secret%20/live/frame.jpg", "/api/vp/taps/secret./live/frame.jpg",
        "/api/vp/taps/secret/live%2fframe.jpg",
        "/api/vp/taps/door/live/frame.jpg/../../../secret/live/frame.jpg",
        "/api/vp/taps/door?instance=secret/live/frame.jpg",
        "/api/vp/taps/*/live/frame.jpg", "/api/vp/taps/door*/live/frame.jpg",
        "/api/vp/taps/secret/live/frame.jpg?token=",
        "http://127.0.0.1/api/vp/taps/secret/live/frame.jpg", "/api/vp/taps/s%C3%ABcret/live/frame.jpg",
        "/api/vp/taps/\\secret\\live/frame.jpg", "/api/vp/taps/secret/live/frame.jpg%3F",
        "/api/vp/taps/secret/live/frame.jpg#door",
    ]

    @Test("However a path is written, nobody gets what they may not see", arguments: AuthorizationTests.confusedPaths)
    func confusions(path: String) async throws {
        let accounts = try TestAccess.accounts()
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            for feed in server.addTaps("live", instance: "secret") { feed.publish(TestFrames.frame(4711)) }
            for feed in server.addTaps("live", instance: "door") { feed.publish(TestFrames.frame(1)) }
            for cookie in ["", "Cookie: streamtap=\(TestAccess.viewer)\r\n"] {
                for path in [
                    path, path.replacing("taps/", with: "x/../taps/"), path.replacing("/api", with: "/healthz/../api"),
                ] {
                    let connection = try await RawConnection.open(port: server.port)
                    try await connection.write(
                        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(cookie)Connection: close\r\n\r\n")
                    let answer = try await connection.read()
                    let secret = TestFrames.jpeg(4711)
                    #expect(!String(decoding: answer, as: UTF8.self).isEmpty)
                    #expect(answer.firstRange(of: secret) == nil, "\(path)")
                    let status = try HTTPAnswer(answer).status
                    #expect(status >= 300 || (path.contains("door?") && !cookie.isEmpty), "\(path): \(status)")
                }
            }
        }
    }

    @Test("However the path of an admin's route is written, nobody below gets in")
    func confusedRoutes() async throws {
        let accounts = try TestAccess.accounts()
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            for path in [
                "/api/vp/users", "/API/VP/USERS", "/api/vp/users/", "/api/vp//users", "/api/vp/./users",
                "/healthz/../api/vp/users",
                "/examples/../api/vp/users", "/%61pi/vp/users", "/api%2fvp%2fusers", "/api/vp/users;x",
                "/api/vp/users%00",
                "/api/vp/users?", "/api/vp/users/.", "/embed/door/../../api/vp/users", "http://127.0.0.1/api/vp/users",
                "/api/vp/session/../users", "/api/vp/users%20", "/api/vp/users.json", "//127.0.0.1/api/vp/users",
            ] {
                for (who, cookie) in [("nobody", ""), ("viewer", TestAccess.viewer), ("operator", TestAccess.operator)]
                {
                    for more in [
                        "", "X-Original-URL: /healthz\r\n", "X-HTTP-Method-Override: OPTIONS\r\n",
                        "X-Rewrite-URL: /healthz\r\n",
                    ] {
                        let connection = try await RawConnection.open(port: server.port)
                        try await connection.write(
                            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: streamtap=\(cookie)\r\n\(more)Connection: close\r\n\r\n"
                        )
                        let answer = try HTTPAnswer(await connection.read())
                        #expect(
                            answer.status >= 300 && !String(decoding: answer.body, as: UTF8.self).contains("anna"),
                            "\(who) \(path)")
                    }
                }
            }
        }
    }
}
