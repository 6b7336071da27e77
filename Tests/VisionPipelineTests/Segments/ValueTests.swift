import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Values from outside, through the real builder: they reach elements as they are, and change nothing else.
@Suite(.timeLimit(.minutes(2)))
struct ValueTests {
    private static let text = """
        ---
        parameters:
          s: {type: string}
          i: {type: integer, default: 3}
          n: {type: number, default: 0}
          b: {type: boolean, default: false}
          e: {type: string, default: ball}
          w: {type: integer, default: 64}
          f: {type: string, default: I420}
        ---
        videotestsrc name=src num-buffers=${i} is-live=${b} pattern=${e} ! video/x-raw,width=${w},height=64,format=${f}
          ! videobalance name=bal hue=${n} ! textoverlay name=over text=${s} ! streamtap name=t
        """

    private static let pieces = [
        "! filesink location=/tmp/x", "\"", "'", "\\", "\\\"", "${s}", "${", "\n---\n", "t.", ";", ",width=1", "\0",
        "\u{1F4F7}", " ", "bin.( fakesrc )", "#", "NULL", "(string)", "%s%n", "\r\n", "file:///etc/passwd", "\u{202E}",
        "\u{FEFF}", "caps=video/x-raw", "name=src", "-1", "1e400", "<span>&amp;", "\u{7F}", "é",
    ]

    private static func value(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0..<6, using: &random)).map { _ in
            Bool.random(using: &random)
                ? pieces.randomElement(using: &random) ?? ""
                : String(Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &random)) ?? " ")
        }.joined()
    }

    /// What a pipeline consists of.
    private static func shape(_ plan: BuiltPlan) -> [String] {
        plan.segments.map { "\($0.outlets.count) outlets, own sinks \($0.hasOwnSinks)" } + plan.compiled.taps.map(\.id)
    }

    @Test("Any string reaches its property as it is, and the pipeline is the same")
    func strings() throws {
        let plan = try Plan(parsing: Self.text)
        let builder = PlanBuilder(encoders: EncoderPool(threads: 1))
        let plain = try builder.build(plan.binding(["s": .string("a")]).graph)
        let expected = Self.shape(plain)
        plain.stop()
        var random = SeededGenerator.announced()
        for _ in 0..<150 {
            let value = Self.value(&random)
            do {
                let built = try builder.build(plan.binding(["s": .string(value)]).graph)
                defer { built.stop() }
                #expect(
                    built.segments.first?.string(property: "text", of: "over") == MarkupText.escaped(value),
                    "\(value.debugDescription)")
                #expect(Self.shape(built) == expected)
            } catch {
                #expect(value.unicodeScalars.contains("\0"), "\(value.debugDescription): \(error)")
            }
        }
    }

    @Test("Any value in any place is itself, or refused at its place")
    func everyPlace() throws {
        let plan = try Plan(parsing: Self.text)
        let builder = PlanBuilder(encoders: EncoderPool(threads: 1))
        let plain = try builder.build(plan.binding(["s": .string("a")]).graph)
        let expected = Self.shape(plain)
        plain.stop()
        var random = SeededGenerator.announced()
        var built = 0
        for round in 0..<200 {
            let name = ["i", "n", "b", "e", "w", "f"][round % 6]
            let value: ParameterValue =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .string(Self.value(&random))
                case 1:
                    .integer(Int64.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<63, using: &random))
                case 2: .number(Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random)))
                default: .boolean(Bool.random(using: &random))
                }
            do {
                let made = try builder.build(plan.binding(["s": .string("a"), name: value]).graph)
                defer { made.stop() }
                built += 1
                #expect(Self.shape(made) == expected, "\(name) = \(value)")
            } catch {
                #expect(error.diagnostics.allSatisfy { $0.line >= 2 && $0.column >= 1 }, "\(name) = \(value): \(error)")
            }
        }
        #expect(built > 0)
    }

    @Test("What may not be made touches no file, though the plan was never held to the policy")
    func guarded() throws {
        let canary = try Canary()
        for text in Bypasses.texts(with: canary) {
            // Those that are no plan at all never get here.
            guard let plan = try? Plan(parsing: text, limits: .untrusted), !text.contains("x264enc option"),
                !text.contains("pass=pass1")
            else { continue }
            var builder = PlanBuilder(encoders: EncoderPool(threads: 1))
            builder.allowedElements = TextPolicy.elementsInPipeline
            do throws(PlanError) {
                try builder.build(plan.graph).stop()
                // A child that never appears is never set.
                #expect(text.contains("::"), "\(text) was built")
            } catch {
                let refused = error.diagnostics.filter { $0.severity == .error }
                #expect(!refused.isEmpty, "\(text)")
                #expect(refused.allSatisfy { $0.line == 1 && $0.column >= 1 }, "\(text): \(refused)")
            }
        }
        #expect(!canary.wasTouched())
        #expect(canary.isIntact())
    }

    @Test("A worker that is handed such text all the same refuses it, and says where")
    func worker() throws {
        let canary = try Canary()
        for text in Bypasses.texts(with: canary) {
            let worker = try WorkerProcess()
            try worker.send(
                .run(RunRequest(instance: "test", planText: text, parameters: [:], isUntrusted: true)))
            let diagnostics = try worker.next { if case .invalid(let all) = $0 { all } else { nil } }
            #expect(diagnostics.contains { $0.severity == .error && $0.line == 1 && $0.column >= 1 }, "\(text)")
            worker.process.waitUntilExit()
        }
        #expect(!canary.wasTouched())
        #expect(canary.isIntact())
    }
}
