import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bad input is refused with a reason")
    struct RefusalTests {
        struct BadPlan: CustomTestStringConvertible, Sendable {
            var code: String
            var line: Int
            var text: String
            var parameters: [String: Int] = [:]
            var testDescription: String { code }
        }

        static let badPlans = [
            BadPlan(code: "unknown_element", line: 2, text: "videotestsrc\n  ! greyscael ! streamtap"),
            BadPlan(code: "unknown_property", line: 1, text: "videotestsrc patern=ball ! streamtap"),
            BadPlan(code: "property_type", line: 1, text: "videotestsrc num-buffers=many ! streamtap"),
            BadPlan(code: "property_range", line: 1, text: "videotestsrc blocksize=-5 ! streamtap"),
            BadPlan(code: "unknown_option", line: 1, text: "videotestsrc ! blur size=3 ! streamtap"),
            BadPlan(code: "option_type", line: 1, text: "videotestsrc ! blur kernel=wide ! streamtap"),
            BadPlan(code: "option_range", line: 1, text: "videotestsrc ! blur kernel=99 ! streamtap"),
            BadPlan(code: "dangling_link", line: 1, text: "videotestsrc ! streamtap !"),
            BadPlan(code: "unknown_branch", line: 2, text: "videotestsrc name=a ! streamtap\nb. ! streamtap"),
            BadPlan(
                code: "duplicate_name", line: 2,
                text: "videotestsrc name=a ! streamtap name=x\na. ! streamtap name=x"),
            BadPlan(code: "empty_plan", line: 1, text: "# nothing"),
            BadPlan(
                code: "missing_parameter", line: 2,
                text: "---\nparameters: {n: {type: integer}}\n---\nvideotestsrc num-buffers=${n} ! streamtap"),
            BadPlan(code: "unknown_parameter", line: 1, text: "videotestsrc ! streamtap", parameters: ["nope": 1]),
            BadPlan(
                code: "parameter_range", line: 2,
                text: "---\nparameters: {n: {type: integer, minimum: 5}}\n---\nvideotestsrc blocksize=${n} ! streamtap",
                parameters: ["n": 3]),
        ]

        @Test("422 with every diagnostic, and nothing is started")
        func badPlans() async throws {
            let named = Self.badPlans.enumerated().map { ("bad-\($0.offset)", $0.element) }
            let server = try await StreamTapProcess.serving(
                Dictionary(uniqueKeysWithValues: named.map { ($0.0, $0.1.text) }))
            for (name, plan) in named {
                let answer = try await verdict(server, ["plan": name, "parameters": plan.parameters])
                #expect(answer.status == 422, "\(plan.code): \(answer.text)")
                let error = answer.json["error"] as? [String: any Sendable]
                #expect(error?["code"] as? String == "plan_invalid", "\(plan.code): \(answer.text)")
                let details = error?["details"] as? [[String: any Sendable]] ?? []
                let detail = details.first { $0["code"] as? String == plan.code }
                #expect(detail?["line"] as? Int == plan.line, "\(plan.code): \(answer.text)")
                #expect(try #require(detail?["column"] as? Int) >= 1)
                #expect((detail?["message"] as? String)?.isEmpty == false)
            }
            let instances = try await server.http.get("/api/vp/instances").json["instances"] as? [any Sendable]
            #expect(instances?.isEmpty == true)
            #expect(server.workers.isEmpty)
        }

        /// The answer to a request for an instance; asked again when the worker took longer than a request waits.
        private func verdict(_ server: StreamTapProcess, _ request: [String: any Sendable]) async throws
            -> HTTPClient.Response
        {
            try await eventually("a verdict", within: .seconds(30)) {
                let answer = try await server.http.post("/api/vp/instances", request)
                guard answer.status == 201, let id = answer.json["id"] as? String else { return answer }
                #expect(try await server.reaches("failed", id)["reason"] as? String == "plan_invalid")
                try await server.remove(id)
                return nil
            }
        }

        @Test("400, 404, 409, 413, 415 and 422 by their table")
        func statusCodes() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let http = server.http
            func status(
                _ method: String, _ path: String, _ body: String? = nil, type: String? = nil
            ) async throws -> Int {
                let headers = type.map { ["Content-Type": $0] } ?? [:]
                let answer = try await http.send(method, path, headers: headers, body: body.map { Data($0.utf8) })
                if answer.status >= 400 {
                    let error = answer.json["error"] as? [String: any Sendable]
                    #expect((error?["code"] as? String)?.isEmpty == false, "\(method) \(path): \(answer.text)")
                    #expect((error?["message"] as? String)?.isEmpty == false)
                }
                return answer.status
            }
            #expect(try await status("POST", "/api/vp/instances", #"{"plan":"#) == 400)
            #expect(try await status("POST", "/api/vp/instances", #"{"plan":"cam"}"#, type: "text/plain") == 415)
            #expect(try await status("POST", "/api/vp/instances", #"{"plan":"nobody"}"#) == 404)
            #expect(try await status("POST", "/api/vp/instances", #"{"plan":"cam","id":"cam"}"#) == 409)
            #expect(try await status("POST", "/api/vp/instances", #"{"plan":"cam","id":"No Name"}"#) == 422)
            let long = #"{"plan":"cam","id":"\#(String(repeating: "x", count: 1 << 20))"}"#
            #expect(try await status("POST", "/api/vp/instances", long) == 413)
            #expect(try await status("GET", "/api/vp/instances/nobody") == 404)
            #expect(try await status("DELETE", "/api/vp/instances/nobody") == 404)
            #expect(try await status("GET", "/api/vp/taps/nobody") == 404)
            #expect(try await status("GET", "/api/vp/taps/cam/nothing/frame.jpg") == 404)
            #expect(try await status("GET", "/api/vp/plans/nobody") == 404)
            #expect(try await status("GET", "/api/vp/nonsense") == 404)
            #expect(try await status("GET", "/healthz") == 200)
            #expect(try await status("GET", "/readyz") == 200)
            #expect(try await status("GET", "/metrics") == 200)
            #expect(try await status("GET", "/") == 200)
        }

        @Test("PUT: equal changes nothing, different restarts under the same name")
        func put() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live, "other": TestPlans.heavy])
            try await server.create("cam")
            let since = try await server.reaches("running", "cam")["since"] as? String
            let worker = try #require(server.workers.first)
            let equal = try await server.http.put("/api/vp/instances/cam", ["plan": "cam"])
            #expect(equal.status == 200)
            #expect(equal.json["since"] as? String == since)
            #expect(server.workers == [worker])
            let different = try await server.http.put("/api/vp/instances/cam", ["plan": "other"])
            #expect(different.status == 200, "\(different.text)")
            #expect(different.json["id"] as? String == "cam")
            #expect(different.json["taps"] as? [String] == ["snow"])
            #expect(!ProcessTable.isRunning(worker))
        }

        @Test("A request that no worker could be told is refused at once, by POST and PUT, and what runs goes on")
        func tooLargeForWorker() async throws {
            let server = try await StreamTapProcess.serving([
                "words": """
                ---
                parameters:
                  text: {type: string, default: hello}
                ---
                videotestsrc is-live=true ! video/x-raw,width=64,height=64 ! textoverlay text=${text} ! streamtap

                """
            ])
            try await server.create("words")
            let since = try await server.reaches("running", "words")["since"] as? String
            let worker = try #require(server.workers.first)
            // As JSON for the worker, each of these takes twice the room.
            let body = #"{"plan":"words","parameters":{"text":"\#(String(repeating: "/", count: 600_000))"}}"#
            for (method, path) in [
                ("POST", "/api/vp/instances"), ("PUT", "/api/vp/instances/words"), ("PUT", "/api/vp/instances/new"),
            ] {
                let answer = try await server.http.send(method, path, body: Data(body.utf8))
                #expect(answer.status == 413, "\(method) \(path): \(answer.text)")
                #expect(answer.text.contains(#""code":"too_large""#) && answer.text.contains("1 MiB"), "\(answer.text)")
            }
            let instance = try await server.instance("words")
            #expect(instance["state"] as? String == "running" && instance["since"] as? String == since)
            #expect(server.workers == [worker])
            #expect(try await server.http.get("/api/vp/instances/new").status == 404)
        }

        @Test("A socket for an unknown tap is told so and closed with 1008")
        func unknownTap() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            let viewer = try await server.watch("nobody", "nothing")
            let event = try await viewer.next()
            guard case .text(let text) = event else { throw ProcessFailure("\(event)") }
            #expect(text.contains(#""type":"error""#) && text.contains("nothing"))
            #expect(try await viewer.closeCode() == 1008)
        }

        @Test("Other sites and other names get neither pages nor sockets")
        func foreignSites() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            let port = server.http.port
            #expect(try await server.http.get("/api/vp/instances", headers: ["Host": "evil.example"]).status == 403)
            let origin = ["Origin": "http://evil.example"]
            #expect(try await server.http.get("/api/vp/instances", headers: origin).status == 403)
            await #expect(throws: ProcessFailure.self) {
                try await WebSocketClient.connect(
                    port: port, path: "/ws/vp/tap/cam/grey", headers: [("Origin", "http://evil.example")])
            }
            let own = try await WebSocketClient.connect(
                port: port, path: "/ws/vp/tap/cam/grey", headers: [("Origin", "http://127.0.0.1:\(port)")])
            _ = try await own.next()
        }
    }
}
