import Plans
import Synchronization
import Testing

@testable import VisionPipeline

struct DiagnosticRelayTests {
    private static func diagnostic(_ line: Int) -> Diagnostic {
        Diagnostic(.error, .cannotLink, at: SourceRange(line: line, column: 1, length: 1), "")
    }

    @Test("What is reported before anybody listens is handed over once, what comes later is passed on")
    func relay() {
        let relay = DiagnosticRelay()
        relay.report([Self.diagnostic(1)])
        relay.report([Self.diagnostic(2), Self.diagnostic(3)])
        let later = Mutex<[Int]>([])
        let kept = relay.forward { found in later.withLock { $0 += found.map(\.line) } }
        #expect(kept.map(\.line) == [1, 2, 3])
        relay.report([Self.diagnostic(4)])
        #expect(later.withLock { $0 } == [4])
        #expect(relay.forward { _ in }.isEmpty)
    }
}
