import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// The plans of docs/plans.md meet the builder, as `streamtap check` lets them.
@Suite("docs/plans.md, built")
struct DocumentedPlanTests {
    static let built = PlanExample.all.filter { $0.kind == .built }

    @Test("There are examples of what only building shows")
    func some() {
        #expect(Self.built.count >= 5)
        #expect(Self.built.allSatisfy { $0.code != nil })
    }

    @Test("What the page says is refused when it is built is refused with its code", arguments: built)
    func refused(_ example: PlanExample) throws {
        let found = Self.diagnostics(of: example)
        #expect(found.filter { $0.severity == .error }.map(\.code.rawValue) == [try #require(example.code)])
    }

    @Test(
        "What the page says can run can be built",
        arguments: PlanExample.all.filter { [.sound, .warns, .lint].contains($0.kind) })
    func sound(_ example: PlanExample) {
        let found = Self.diagnostics(of: example)
        // What the linter can only guess, the builder knows.
        guard example.code != "open_end" else { return #expect(found.map(\.code) == [.cannotLink]) }
        #expect(found.filter { $0.severity == .error } == [])
        if let code = example.code { #expect(found.map(\.code.rawValue).contains(code)) }
    }

    /// Of text from the network only what the policy allows gets this far.
    @Test("So can what it says is allowed to text from the network")
    func untrusted() {
        let allowed = PlanExample.all.filter { $0.kind == .untrusted && $0.code == nil }
        #expect(!allowed.isEmpty)
        for example in allowed {
            let found = PlanCheckRequest(text: example.text, isUntrusted: true).diagnostics(stages: .builtIn)
            #expect(found.filter { $0.severity == .error } == [], "\(example)")
        }
    }

    private static func diagnostics(of example: PlanExample) -> [Diagnostic] {
        PlanCheckRequest(text: example.text).diagnostics(stages: .builtIn)
    }
}
