import Foundation
import Plans
import Testing

@testable import Server

@Suite("Plans over the API", .timeLimit(.minutes(2)))
struct PlanRoutesTests {
    private struct Validation: Decodable {
        var valid: Bool
        var title: String?
        var parameters: [ParameterDeclaration]
        var nodes: [PlanDescription.Node]
        var diagnostics: [Diagnostic]
    }

    private func validate(_ text: String, at server: RunningTestServer) async throws -> Validation {
        let body = String(decoding: try JSONEncoder().encode(["text": text]), as: UTF8.self)
        let answer = try await server.send("POST", "/api/vp/plans/validate", body: body)
        #expect(answer.status == 200)
        return try JSONDecoder().decode(Validation.self, from: Data(answer.body))
    }

    @Test("validate tells what a form and a graph need")
    func validate() async throws {
        try await RunningTestServer.run { server in
            let answer = try await validate(
                """
                ---
                title: Small
                parameters:
                  width: {type: integer, default: 640, minimum: 64}
                ---
                videotestsrc name=source ! video/x-raw,width=${width} ! streamtap name=live
                """, at: server)
            #expect(answer.valid)
            #expect(answer.title == "Small")
            #expect(answer.parameters.map(\.name) == ["width"])
            #expect(answer.nodes.map(\.role) == [.source, .caps, .tap])
        }
    }

    @Test("columns count characters, not bytes, and an emoji is one")
    func columns() async throws {
        try await RunningTestServer.run { server in
            let text = "videotestsrc ! textoverlay text=\"📷é\" ! streamtap widht=3"
            let answer = try await validate(text, at: server)
            let found = try #require(answer.diagnostics.first { $0.code == .unknownOption })
            let scalars = Array(text.unicodeScalars)
            let covered = scalars[(found.column - 1)..<(found.column - 1 + found.length)]
            #expect(String(String.UnicodeScalarView(covered)) == "widht")
            #expect(!answer.valid && answer.parameters.isEmpty)
        }
    }

    @Test("an instance has its plan's graph, also one that was started from text")
    func instanceGraph() async throws {
        let text = """
            ---
            parameters: {pin: {type: string, format: secret, default: hunter22}}
            ---
            rtspsrc location=rtsp://192.0.2.1/main user-id=a user-pw=${pin} latency=100 protocols=tcp
              ! rtph264depay ! h264parse ! avdec_h264 ! grayscale name=gray ! streamtap name=view
            """
        try await TestService.run(policy: InstancePolicy(allowsPlanText: true)) { service in
            _ = try await service.manager.create(InstanceRequest(text: text, id: "typed"))
            try await RunningTestServer.run(configure: { $0.manager = service.manager }) { server in
                let answer = try await server.get("/api/vp/instances/typed/graph")
                #expect(answer.status == 200)
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("hunter22"))
                let graph = try JSONDecoder().decode(PlanDescription.self, from: Data(answer.body))
                #expect(graph.nodes.map(\.role) == [.source, .element, .element, .element, .stage, .tap])
                #expect(graph.sideTaps.map(\.attachPoint) == ["gray"])
                #expect(try await server.get("/api/vp/instances/nobody/graph").status == 404)
            }
        }
    }

    @Test(
        "a password is shown to nobody, however it is written",
        arguments: [
            "rtspsrc location=rtsp://192.0.2.1/ user_pw=hunter2 latency=1 ! rtph264depay ! avdec_h264 ! streamtap name=t",
            "rtspsrc location=rtsp://192.0.2.1/ user-\"pw\"=a;hunter2 latency=1 ! rtph264depay ! avdec_h264 ! streamtap name=t",
            "---\nparameters: {p: {type: string, default: hunter2}}\n---\nrtspsrc location=rtsp://192.0.2.1/ user_pw=${p} latency=1 ! rtph264depay ! avdec_h264 ! streamtap name=t",
        ])
    func passwords(text: String) async throws {
        try await TestService.run { service in
            try text.write(to: service.directory.appending(path: "secret.plan"), atomically: true, encoding: .utf8)
            _ = try await service.manager.create(InstanceRequest(plan: "secret", id: "door"))
            try await RunningTestServer.run(
                configure: {
                    $0.library = PlanLibrary(directory: service.directory.path())
                    $0.manager = service.manager
                }
            ) { server in
                for path in ["plans", "plans/secret", "instances", "instances/door", "instances/door/graph"] {
                    let answer = try await server.get("/api/vp/\(path)")
                    #expect(answer.status == 200)
                    let shown = String(decoding: answer.body, as: UTF8.self)
                    #expect(!shown.contains("hunter2"), "\(path): \(shown)")
                }
                let body = String(decoding: try JSONEncoder().encode(["text": text]), as: UTF8.self)
                let answer = try await server.send("POST", "/api/vp/plans/validate", body: body)
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("hunter2"))
            }
        }
    }

    @Test("plan text is looked at only where it is allowed, and the list says whether it is", arguments: [true, false])
    func allowsPlanText(isAllowed: Bool) async throws {
        try await TestService.run { service in
            try await RunningTestServer.run(
                allowsPlanText: isAllowed,
                configure: {
                    $0.library = PlanLibrary(directory: service.directory.path())
                    if !isAllowed { $0.check = { _ in throw ServiceError(.internal, "nobody may ask") } }
                }
            ) { server in
                let text = String(decoding: try await server.get("/api/vp/plans").body, as: UTF8.self)
                #expect(text.contains("\"allows_plan_text\":\(isAllowed)"))
                let answer = try await server.send(
                    "POST", "/api/vp/plans/validate", body: "{\"text\":\"videotestsrc ! streamtap\"}")
                #expect(answer.status == (isAllowed ? 200 : 403))
                if !isAllowed { #expect(try answer.errorCode() == "plan_text_not_allowed") }
            }
        }
    }
}
