import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Who is at a socket", .timeLimit(.minutes(2)))
struct SocketAccessTests {
    private static let tap = "/ws/vp/tap/door/live?format=binary"

    private func run(
        _ records: AccessRecords = TestAccess.records(),
        _ body: @escaping @Sendable (RunningTestServer, AccessBook, TapFeed) async throws -> Void
    ) async throws {
        let accounts = try TestAccess.accounts(records)
        try await RunningTestServer.run(configure: { $0.accounts = accounts }) { server in
            try await body(server, accounts.book, server.addTaps("live", instance: "door")[0])
        }
    }

    private func connect(
        _ server: RunningTestServer, _ path: String, _ headers: [String: String] = [:]
    ) async throws -> WebSocketClient {
        try await WebSocketClient.connect(port: server.port, path: path, headers: headers.map { ($0.key, $0.value) })
    }

    @Test("Messages of many taps are asked as routes are: by role and by what may be seen")
    func messages() async throws {
        try await run { server, _, _ in
            _ = server.addTaps("live", "gray", instance: "secret")
            let all = [("door", "live"), ("secret", "live"), ("door", "nothing"), ("nowhere", "live")]
            for (secret, seen) in [
                (TestAccess.viewer, ["door"]), (TestAccess.operator, ["door", "secret"]),
                (TestAccess.admin, ["door", "secret"]),
            ] {
                let client = try await connect(server, "/ws/vp", TestAccess.cookie(secret))
                for (number, (instance, tap)) in all.enumerated() {
                    try await client.send(
                        #"{"type":"subscribe","channel":\#(number),"instance_id":"\#(instance)","tap_id":"\#(tap)"}"#)
                    let answer = try await client.nextJSON()
                    let isSeen = seen.contains(instance) && tap == "live"
                    #expect(
                        answer["type"] as? String == (isSeen ? "subscribed" : "error"), "\(secret) \(instance)/\(tap)")
                    if !isSeen { #expect(answer["code"] as? String == "tap_unknown") }
                }
                try await client.close()
            }
        }
    }

    /// Every message that `/ws/vp` knows, and what comes of it for somebody to whom nothing of `secret` was shown, and of `door` all.
    private static let allMessages: [(message: String, answer: String?)] = [
        (#"{"type":"ping"}"#, "pong"), (#"{"type":"authorize","token":"admin"}"#, "authorized"),
        (#"{"type":"subscribe","channel":1,"instance_id":"secret","tap_id":"live"}"#, "tap_unknown"),
        (
            #"{"type":"subscribe","channel":1,"instance_id":"secret","tap_id":"live","format":"detections"}"#,
            "tap_unknown"
        ),
        (#"{"type":"demand","channel":1,"width":320}"#, "channel_unknown"),
        (#"{"type":"unsubscribe","channel":1}"#, "channel_unknown"),
        // Of what has no channel nothing is said.
        (#"{"type":"ack","channel":1,"seq":7}"#, nil),
        (#"{"type":"watch"}"#, "snapshot"), (#"{"type":"unwatch"}"#, nil),
        (#"{"type":"subscribe","channel":2,"instance_id":"door","tap_id":"live"}"#, "subscribed"),
        (#"{"type":"subscribe","channel":3,"instance_id":"secret","tap_id":"live"}"#, "tap_unknown"),
    ]

    @Test(
        "No message is more than its sender may, whichever it is, in whatever order, and whosever token it names afterwards"
    )
    func everyMessage() async throws {
        var records = TestAccess.records()
        records.tokens = [TestAccess.token(1, "all", "admin", Rights(role: .admin))]
        try await run(records) { server, _, feed in
            let secret = server.addTaps("live", instance: "secret")[0]
            server.parts.events.publish(.changed, of: "secret", members: #""id":"secret""#)
            let client = try await connect(server, "/ws/vp", TestAccess.cookie(TestAccess.viewer))
            for (message, expected) in Self.allMessages + Self.allMessages {
                try await client.send(message)
                guard let expected else { continue }
                // What is watched for a moment may have something to tell.
                var said = try await client.nextJSON()
                while said["type"] as? String == "changed" { said = try await client.nextJSON() }
                let isAgain = expected == "subscribed" && said["code"] as? String == "channel_in_use"
                #expect(
                    isAgain || [said["type"], said["code"]].contains { $0 as? String == expected },
                    "\(message): \(said)")
                #expect(!"\(said["instances"] ?? "")\(said["taps"] ?? "")".contains("secret"), "\(said)")
            }
            secret.publish(TestFrames.frame(7))
            feed.publish(TestFrames.frame(8))
            // Its own alone.
            let picture = try await client.picture()
            #expect(picture.count > 32 && secret.metrics.viewers == 0 && feed.metrics.viewers == 1)
            try await client.close()
            // To nobody all of them are nothing.
            for (message, _) in Self.allMessages where !message.contains("authorize") {
                let stranger = try await connect(server, "/ws/vp")
                try await stranger.send(message)
                #expect(try await stranger.nextJSON()["code"] as? String == "unauthenticated", "\(message)")
                #expect(try await stranger.next() == .closed(code: 1008))
            }
        }
    }

    @Test(
        "Whoever has no cookie says who it is first thing", arguments: ["/ws/vp", "/ws/vp/tap/door/live?format=binary"])
    func firstMessage(path: String) async throws {
        var records = TestAccess.records()
        records.tokens = [
            TestAccess.token(
                1, "hall", "streamtap_hall", Rights(role: .viewer, views: [ViewRight(TestAccess.pattern("door"))]))
        ]
        try await run(records) { server, _, feed in
            let client = try await connect(server, path)
            #expect(feed.metrics.viewers == 0)
            try await client.send(#"{"type":"authorize","token":"streamtap_hall"}"#)
            #expect(try await client.nextJSON()["type"] as? String == "authorized")
            if path == "/ws/vp" {
                try await client.send(#"{"type":"subscribe","channel":1,"instance_id":"door","tap_id":"live"}"#)
                #expect(try await client.nextJSON()["type"] as? String == "subscribed")
            }
            try await eventually { feed.metrics.viewers == 1 }
            try await client.close()
        }
    }

    @Test(
        "Whoever says something else, or a wrong token, is sent away",
        arguments: [
            "/ws/vp", "/ws/vp/tap/door/live",
        ],
        [
            #"{"type":"authorize","token":"wrong"}"#, #"{"type":"authorize"}"#, #"{"type":"watch"}"#, "", "[]",
            #"{"type":"authorize","token":""}"#,
            #"{"type":"subscribe","channel":1,"instance_id":"door","tap_id":"live"}"#,
        ])
    func wrongFirstMessage(path: String, message: String) async throws {
        try await run { server, _, feed in
            let client = try await connect(server, path)
            try await client.send(message)
            #expect(try await client.nextJSON()["code"] as? String == "unauthenticated")
            #expect(try await client.next() == .closed(code: 1008))
            #expect(feed.metrics.viewers == 0)
        }
    }

    @Test("A wrong cookie or token opens no socket", arguments: ["/ws/vp", "/ws/vp/tap/door/live"])
    func refused(path: String) async throws {
        try await run { server, _, _ in
            for headers in [TestAccess.cookie("wrong"), TestAccess.bearer("wrong"), ["Authorization": "Digest x"]] {
                await #expect(throws: ProcessFailure.self) { try await connect(server, path, headers) }
            }
            await #expect(throws: ProcessFailure.self) { try await connect(server, path + "?token=wrong") }
        }
    }

    @Test(
        "Open sockets and streams end when what they were let in for is no longer true",
        arguments: ["user", "session", "role"])
    func revoked(what: String) async throws {
        try await run { server, book, feed in
            let headers = TestAccess.cookie(TestAccess.viewer)
            let one = try await connect(server, Self.tap, headers)
            let many = try await connect(server, "/ws/vp", headers)
            let other = try await connect(server, Self.tap, TestAccess.cookie(TestAccess.operator))
            let stream = try await RawConnection.open(port: server.port)
            try await stream.write(
                "GET /api/vp/taps/door/live/stream.mjpeg HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: streamtap=\(TestAccess.viewer)\r\n\r\n"
            )
            try await eventually { feed.metrics.viewers == 3 }
            var records = book.records
            switch what {
            case "user": records.users.removeAll { $0.name == "vera" }
            case "session": records.sessions.removeAll { $0.user == "vera" }
            default: records.users = records.users.map { $0.name == "vera" ? TestAccess.user("vera", .admin) : $0 }
            }
            book.replace(records)
            for client in [one, many] {
                #expect(try await client.nextJSON()["code"] as? String == "unauthenticated")
                #expect(try await client.next() == .closed(code: 1008))
            }
            _ = try await stream.read()
            try await eventually { feed.metrics.viewers == 1 }
            // Nobody else notices.
            feed.publish(TestFrames.frame(1))
            #expect(try await other.next() == .binary(TestFrames.jpeg(1)))
            if what != "role" {
                #expect(try await server.get("/api/vp/taps/door", headers: headers).status == 401)
            }
        }
    }

    @Test("Pictures are no larger, and no more often, than may be")
    func limits() async throws {
        var records = TestAccess.records()
        let right = ViewRight(TestAccess.pattern("door/live"), maxWidth: 320, maxHeight: 240, maxFPS: 5)
        records.users[0].views = [right]
        try await run(records) { server, _, feed in
            let headers = TestAccess.cookie(TestAccess.viewer)
            // What others want is there already, and larger.
            let operators = try await connect(server, Self.tap, TestAccess.cookie(TestAccess.operator))
            try await eventually { feed.metrics.viewers == 1 }
            feed.publish(TestFrames.frame(1))
            #expect(try await operators.next() == .binary(TestFrames.jpeg(1)))
            var clients: [WebSocketClient] = []
            for query in ["", "&width=1920", "&width=160", "&height=100&fps=25", "&fps=1"] {
                clients.append(try await connect(server, Self.tap + query, headers))
            }
            try await eventually { feed.metrics.viewers == 6 }
            let theirs = feed.wanted.filter { $0.variant != .asIs }
            #expect(theirs.count == 3)
            for wanted in theirs {
                #expect(wanted.variant.width ?? .max <= 320 && wanted.variant.height ?? .max <= 240, "\(wanted)")
                #expect(wanted.stream.map { $0 <= 5 } == true, "\(wanted)")
            }
            // And where all places are taken.
            var others: [WebSocketClient] = []
            for width in 1...8 {
                others.append(
                    try await connect(
                        server, Self.tap + "&width=\(1000 + width)", TestAccess.cookie(TestAccess.operator)))
            }
            clients.append(try await connect(server, Self.tap + "&width=300", headers))
            try await eventually { feed.metrics.viewers == 15 }
            let sizes = feed.wanted.map { [$0.variant.width, $0.variant.height] }
            #expect(sizes.contains([320, 240]) && !sizes.contains([300, 240]), "\(sizes)")
            for client in clients + others { try? await client.close() }
        }
    }

    @Test("The state that a viewer watches is of what it may see")
    func watch() async throws {
        try await run { server, _, _ in
            let events = server.parts.events
            let client = try await connect(server, "/ws/vp", TestAccess.cookie(TestAccess.viewer))
            try await client.send(#"{"type":"watch"}"#)
            let snapshot = try await client.nextJSON()
            #expect(snapshot["type"] as? String == "snapshot")
            events.publish(.plansChanged, of: "plans")
            events.publish(.changed, of: "secret", members: #""id":"secret""#)
            events.publish(.removed, of: "door", members: #""id":"door""#) {
                $0.sees(instance: "door") ? #""id":"door""# : nil
            }
            let next = try await client.nextJSON()
            #expect(next["type"] as? String == "removed" && next["id"] as? String == "door")
            try await client.close()
        }
    }
}
