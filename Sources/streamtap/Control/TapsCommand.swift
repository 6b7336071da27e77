import ArgumentParser
import Client

struct TapsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taps", abstract: "List taps: what can be watched, and who watches.",
        discussion: "DROPPED are pictures that were due and lost, SKIPPED those that slow viewers did not get.")

    @Argument(help: "Of this instance only.", completion: .instances)
    var instance: String?

    @OptionGroup
    var form: AnswerForm

    @OptionGroup
    var choice: ServerChoice

    func run() async throws {
        try await choice.ask { client in
            if let instance {
                try form.print(try await client.send(.get, .api("taps", instance))) { (answer: TapsAnswer) in
                    text([instance: answer])
                }
            } else {
                try form.print(try await client.send(.get, .api("taps"))) { (answer: AllTapsAnswer) in
                    text(answer.instances)
                }
            }
        }
    }

    private func text(_ instances: [String: TapsAnswer]) -> String {
        let rows = instances.sorted { $0.key < $1.key }.flatMap { instance, answer in
            answer.taps.sorted { $0.key < $1.key }.map { id, tap in
                [
                    "\(instance)/\(id)", tap.attachPoint ?? "-", size(tap), Measure.rate(tap.fps),
                    Measure.time(milliseconds: tap.lastFrameAgeMs), "\(tap.viewers ?? 0)", "\(tap.dropped ?? 0)",
                    "\(tap.skipped ?? 0)",
                ]
            }
        }
        guard !rows.isEmpty else { return "There are no taps.\n" }
        return TextTable(["TAP", "AT", "SIZE", "FPS", "FRAME", "VIEWERS", "DROPPED", "SKIPPED"], rows).text
    }

    private func size(_ tap: TapsAnswer.Tap) -> String {
        guard let width = tap.width, let height = tap.height, width > 0 else { return "-" }
        return "\(width)x\(height)"
    }
}
