import ArgumentParser
import Foundation
import Server
import VideoDevices

struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "List the cameras at this machine: how plans name them, what they can send, who has them.")

    @Flag(help: "Print JSON for programs, as GET /api/vp/devices.")
    var json = false

    @OptionGroup
    var worker: WorkerOption

    func run() async throws {
        let devices = await DeviceCatalog(executable: try worker.executable()).devices()
        if json { return try printJSON(["devices": devices]) }
        guard !devices.isEmpty else { return try StandardOutput.write("No camera is plugged in at this machine.\n") }
        try StandardOutput.write(devices.map(text).joined(separator: "\n"))
    }

    private func text(_ device: FoundDevice) -> String {
        var lines = ["device=\(device.device)", "    \(device.name)" + (device.driver.map { " (\($0))" } ?? "")]
        let others = [device.path, device.byID, device.byPath].compactMap(\.self).filter { $0 != device.device }
        lines += others.map { "    also \($0)" }
        if !device.users.isEmpty { lines.append("    in use by \(device.users.map(\.words).joined(separator: ", "))") }
        if let problem = device.problem { lines.append("    \(problem)") }
        let width = device.formats.map(\.code.count).max() ?? 0
        for format in device.formats {
            for (place, size) in format.sizes.enumerated() {
                let code = (place == 0 ? format.code : "").padding(toLength: width, withPad: " ", startingAt: 0)
                lines.append("    \(code)  \(text(size))")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// `640x480  30, 15 frames a second`
    private func text(_ size: DeviceReport.PictureSize) -> String {
        let least = zip(size.leastWidth, size.leastHeight).map { "\($0)x\($1) to " } ?? ""
        let rates = size.rates.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }.joined(separator: ", ")
        return "\(least)\(size.width)x\(size.height)" + (rates.isEmpty ? "" : "  \(rates) frames a second")
    }

    private func zip(_ one: Int?, _ other: Int?) -> (Int, Int)? {
        guard let one, let other else { return nil }
        return (one, other)
    }
}
