import ArgumentParser
import Client

struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ptz",
        abstract: "Move an instance's camera, by ONVIF.",
        discussion: """
            EXAMPLES:
              streamtap ctl ptz move door --pan=-0.5 --seconds 2
              streamtap ctl ptz presets door
              streamtap ctl ptz goto door 3
            """,
        subcommands: [Move.self, Stop.self, Presets.self, Goto.self])

    /// Which camera.
    struct Camera: ParsableArguments {
        @Argument(help: "The instance whose camera it is.", completion: .instances)
        var instance: String

        @Option(help: ArgumentHelp("Where the camera speaks ONVIF.", valueName: "port"))
        var port = 80

        @OptionGroup
        var form: AnswerForm

        @OptionGroup
        var choice: ServerChoice

        /// Asks for something at `/api/vp/ptz`.
        func ask(
            _ what: String, pan: Double? = nil, tilt: Double? = nil, zoom: Double? = nil, seconds: Double? = nil,
            preset: String? = nil, _ text: (MotionAnswer) -> String
        ) async throws {
            let request = MotionRequest(
                camera: .init(instance: instance, port: port), pan: pan, tilt: tilt, zoom: zoom, seconds: seconds,
                preset: preset)
            try await choice.ask { client in
                try form.print(try await client.send(.post, .api("ptz", what), request, patience: .seconds(10)), text)
            }
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move it for a while; it stops by itself. Each speed is from -1 to 1.")

        @Option(help: ArgumentHelp("To the right, or with a minus to the left.", valueName: "speed"))
        var pan: Double?

        @Option(help: ArgumentHelp("Upwards, or with a minus downwards.", valueName: "speed"))
        var tilt: Double?

        @Option(help: ArgumentHelp("Closer, or with a minus wider.", valueName: "speed"))
        var zoom: Double?

        @Option(help: ArgumentHelp("For so long, 0.1 to 10.", valueName: "seconds"))
        var seconds = 1.0

        @OptionGroup
        var camera: Camera

        func validate() throws {
            guard pan != nil || tilt != nil || zoom != nil else { throw ValidationError("say --pan, --tilt or --zoom") }
        }

        func run() async throws {
            try await camera.ask("move", pan: pan, tilt: tilt, zoom: zoom, seconds: seconds) { answer in
                "It moves, and stops after \(answer.stopsAfter ?? seconds) s.\n"
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop it now.")

        @OptionGroup
        var camera: Camera

        func run() async throws { try await camera.ask("stop") { _ in "It stands.\n" } }
    }

    struct Presets: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the places that it knows.")

        @OptionGroup
        var camera: Camera

        func run() async throws {
            try await camera.ask("presets") { answer in
                let presets = answer.presets ?? []
                guard !presets.isEmpty else { return "It knows no places.\n" }
                return TextTable(["PRESET", "NAME"], presets.map { [$0.token, $0.name ?? ""] }).text
            }
        }
    }

    struct Goto: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Have it go to a place that it knows.")

        @OptionGroup
        var camera: Camera

        @Argument(help: "The place, as 'presets' lists them.")
        var preset: String

        func run() async throws {
            try await camera.ask("goto", preset: preset) { _ in "It goes to \(TerminalText.safe(preset)).\n" }
        }
    }
}

/// Body of POST /api/vp/ptz/….
private struct MotionRequest: Encodable, Sendable {
    struct Camera: Encodable, Sendable {
        var instance: String
        var port: Int
    }

    var camera: Camera
    var pan: Double?
    var tilt: Double?
    var zoom: Double?
    var seconds: Double?
    var preset: String?
}

/// What a camera that was asked to move has answered.
struct MotionAnswer: Decodable {
    struct Preset: Decodable {
        var token: String
        var name: String?
    }

    var presets: [Preset]?
    var stopsAfter: Double?

    enum CodingKeys: String, CodingKey {
        case presets
        case stopsAfter = "stops_after_seconds"
    }
}
