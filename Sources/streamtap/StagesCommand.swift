import ArgumentParser
import Foundation
import Plans
import Server
import WorkerLink

struct StagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages", abstract: "List the vision stages and their options.")

    @Flag(help: "Print JSON for programs.")
    var json = false

    @OptionGroup
    var worker: WorkerOption

    func run() async throws {
        let stages = try await PlanInspector(executable: try worker.executable()).stages()
        if json { return try printJSON(["stages": stages]) }
        var text = ""
        for stage in stages {
            text += "\(stage.name)\n    \(stage.summary)\n"
            if stage.input.luma == .full {
                text += "    Works on full-range brightness, whatever the camera gives.\n"
            }
            let width = stage.options.map(\.name.count).max() ?? 0
            for option in stage.options {
                let name = option.name.padding(toLength: width, withPad: " ", startingAt: 0)
                text += "    \(name)  \(option.summary) (\(facts(option)))\n"
            }
        }
        try StandardOutput.write(text)
    }

    /// `integer, 1 to 21, default 5`
    private func facts(_ option: StageOptionDescription) -> String {
        let standard = option.default.map { "default \($0.text)" } ?? "required"
        let change = option.isLive ? nil : "not while running"
        return [option.valueText, standard, change].compactMap(\.self).joined(separator: ", ")
    }
}
