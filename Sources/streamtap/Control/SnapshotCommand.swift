import ArgumentParser
import Client
import Foundation
import Server

struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Take the newest picture of a tap, a JPEG.",
        discussion: """
            A tap whose camera is away gives the last picture there was; standard error says how old it is.

            EXAMPLES:
              streamtap ctl snapshot door/live -o door.jpg
              streamtap ctl snapshot door/live --width 320 > small.jpg
              streamtap ctl snapshot door/live --next --wait 10 -o door.jpg
            """)

    @Argument(help: ArgumentHelp("The tap.", valueName: "instance/tap"), completion: .taps)
    var tap: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where it goes; - is standard output, and so is nothing.", valueName: "file"),
        completion: .file(extensions: ["jpg", "jpeg"]))
    var output: String?

    @Option(help: ArgumentHelp("It is made to fit into this width; nothing is enlarged.", valueName: "pixels"))
    var width: Int?

    @Option(help: ArgumentHelp("It is made to fit into this height.", valueName: "pixels"))
    var height: Int?

    @Option(help: ArgumentHelp("Of the JPEG, 1 to 100.", valueName: "quality"))
    var quality: Int?

    @Option(help: ArgumentHelp("It is waited for so long, 0.05 to 30.", valueName: "seconds"))
    var wait: Double?

    @Flag(help: "Not the newest there is, but the next one that comes.")
    var next = false

    @OptionGroup
    var choice: ServerChoice

    func validate() throws {
        guard tap.split(separator: "/", omittingEmptySubsequences: false).count == 2 else {
            throw ValidationError("'\(tap)' is no tap; one is INSTANCE/TAP, as 'streamtap ctl taps' lists them")
        }
        if let wait, !(0.05...30).contains(wait) { throw ValidationError("--wait is a number from 0.05 to 30") }
    }

    func run() async throws {
        let file = output.flatMap { $0 == "-" ? nil : $0 }
        guard file != nil || isatty(STDOUT_FILENO) != 1 else {
            throw ValidationError("a picture is nothing for a terminal: -o FILE")
        }
        let names = tap.split(separator: "/").map(String.init)
        try await choice.ask { client in
            let target = RequestTarget.api(
                "taps", names[0], names[1], "frame.jpg",
                query: [
                    "width": width.map { String($0) }, "height": height.map { String($0) },
                    "quality": quality.map { String($0) }, "timeout": wait.map { String($0) },
                    "wait": next ? "next" : nil,
                ])
            let answer = try await client.send(.get, target, patience: .seconds(wait ?? 1))
            guard answer.body.starts(with: [0xFF, 0xD8]) else {
                throw ClientError.incomprehensible("the answer is no JPEG; is it another program's address?")
            }
            if let file { try write(answer.body, to: file) } else { try StandardOutput.write(answer.body) }
            tell(answer)
        }
    }

    /// A device, a pipe or a link at that place stays what it is.
    private func write(_ picture: Data, to path: String) throws {
        let kind = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
        let isFile = kind == nil || kind == .typeRegular
        do {
            try picture.write(to: URL(filePath: path), options: isFile ? .atomic : [])
        } catch {
            throw Complaint("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    private func tell(_ answer: ServerAnswer) {
        if let age = answer.header("X-Age-Ms").flatMap(Int.init), age > 5000 {
            StandardError.write("This picture is \(Measure.time(milliseconds: age)) old.\n")
        }
        if answer.header("X-Damaged") == "true" {
            StandardError.write("Something of this picture was lost on its way from the camera.\n")
        }
    }
}
