import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Server

/// Sockets of those who have not said who they are.
@Suite("Sockets of strangers", .timeLimit(.minutes(2)))
struct StrangersTests {
    @Test("Beyond a number the oldest gives way, of the same address first; who has said who it is has not to go")
    func givingWay() throws {
        let admission = Admission(AdmissionLimits(strangers: 4, strangersPerAddress: 2))
        let gone = Mutex<[String]>([])
        func knock(_ name: String, _ address: String?) throws -> Admission.Place {
            let place = try #require(admission.enter(from: address))
            admission.knock(place) { gone.withLock { $0.append(name) } }
            return place
        }
        var first = try knock("a1", "10.0.0.1")
        _ = try knock("a2", "10.0.0.1")
        _ = try knock("b1", "10.0.0.2")
        #expect(gone.withLock(\.self).isEmpty && admission.strangers == 3 && admission.viewers == 0)
        // One address has its share, whatever is left.
        _ = try knock("a3", "10.0.0.1")
        #expect(gone.withLock(\.self) == ["a1"])
        _ = try knock("local", nil)
        #expect(gone.withLock(\.self) == ["a1"] && admission.strangers == 4)
        // All together have theirs.
        _ = try knock("c1", "10.0.0.3")
        #expect(gone.withLock(\.self) == ["a1", "a2"] && admission.strangers == 4)
        let isAdmitted = admission.watch(&first)
        #expect(isAdmitted && admission.viewers == 1)
        admission.leave(first)
        #expect(admission.viewers == 0 && admission.strangers == 4)
    }

    @Test("They take no viewer's place, and whoever says who it is gets one, or is told that there is none")
    func places() async throws {
        var records = TestAccess.records()
        let rights = Rights(role: .viewer, views: [ViewRight(TestAccess.pattern("door"))])
        records.tokens = [TestAccess.token(1, "hall", "streamtap_hall", rights)]
        let accounts = try TestAccess.accounts(records)
        try await RunningTestServer.run {
            $0.accounts = accounts
            $0.admission = Admission(AdmissionLimits(viewers: 1, strangers: 3))
        } _: { server in
            _ = server.addTaps("live", instance: "door")
            func connect() async throws -> WebSocketClient {
                try await WebSocketClient.connect(port: server.port, path: "/ws/vp")
            }
            let admission = server.parts.admission
            // More than there are places for viewers, and for strangers.
            var strangers: [WebSocketClient] = []
            for number in 1...5 {
                strangers.append(try await connect())
                try await eventually { admission.strangers == min(number, 3) }
            }
            #expect(admission.viewers == 0)
            for client in strangers.prefix(2) {
                #expect(try await client.nextJSON()["code"] as? String == "unauthenticated")
                #expect(try await client.next() == .closed(code: 1008))
            }
            try await strangers[2].send(#"{"type":"authorize","token":"streamtap_hall"}"#)
            #expect(try await strangers[2].nextJSON()["type"] as? String == "authorized")
            #expect(admission.viewers == 1 && admission.strangers == 2)
            try await strangers[3].send(#"{"type":"authorize","token":"streamtap_hall"}"#)
            #expect(try await strangers[3].nextJSON()["code"] as? String == "too_many_viewers")
            #expect(try await strangers[3].next() == .closed(code: 1013))
            for client in strangers { try await client.close() }
            try await eventually { admission.viewers == 0 && admission.strangers == 0 }
        }
    }
}
