import Foundation
import TestSupport
import Testing

@testable import Server

@Suite("What systemd is told")
struct NotifySocketTests {
    @Test("By a path and by an abstract name, several assignments in a message")
    func sent() throws {
        for name in [nil, "@streamtap-test-\(UUID())"] {
            let receiver = try NotifyReceiver(name)
            let socket = try #require(NotifySocket(receiver.name))
            #expect(socket.send(["READY=1", "STATUS=here"]))
            socket.stopping()
            #expect(receiver.assignments == ["READY=1", "STATUS=here", "STOPPING=1", "STATUS=stopping"])
        }
    }

    @Test(
        "What is no such socket, or nobody's, does no harm",
        arguments: ["", "@", "relative", "vsock:2:1234", "/\(String(repeating: "a", count: 107))", "/a\0b"])
    func nowhere(_ name: String) {
        #expect(NotifySocket(name)?.send(["READY=1"]) != true)
    }

    @Test("Nobody listens there any more")
    func gone() throws {
        let socket = try #require(NotifySocket("/none/notify"))
        #expect(!socket.send(["READY=1"]))
    }

    @Test(
        "Whose watchdog it is",
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "30000000"], 30), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil),
            (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "7"], 2),
            (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "8"], nil),
        ] as [([String: String], Int?)])
    func patience(_ environment: [String: String], _ seconds: Int?) {
        #expect(ServiceWatch.patience(environment: environment, process: 7) == seconds.map { .seconds($0) })
    }
}
