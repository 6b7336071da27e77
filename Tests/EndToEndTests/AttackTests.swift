import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What nobody should send, in bulk and by a seed; `make fuzz-http` has ten times as much.
    @Suite("Attacks", .enabled(if: NetworkNamespace.obstacle == nil))
    struct AttackTests {
        private static let scripts = StreamTapProcess.repository.appending(path: "Tests/Attacks").path()
        private static let products = URL(filePath: StreamTapProcess.executable("streamtap"))
            .deletingLastPathComponent().path()

        @Test(
            "Mutated requests, and mutated frames of sockets, leave a server that answers, and viewers that watch",
            arguments: ["requests", "frames"])
        func mutations(kind: String) async throws {
            let process = try ChildProcess(
                "/usr/bin/python3", [Self.scripts + "/mutations-test.py", Self.products, kind, "1500"])
            #expect(try await process.ended(within: .seconds(900)) == .status(0), "\(process.output)")
            print(process.output)
        }

        @Test(
            "What is slow, too much or too deep is refused with its code, and costs neither memory nor anybody else's pictures"
        )
        func limits() async throws {
            let process = try ChildProcess("/usr/bin/python3", [Self.scripts + "/limits-test.py", Self.products])
            #expect(try await process.ended(within: .seconds(200)) == .status(0), "\(process.output)")
        }
    }
}
