import Foundation
import Testing

/// The map in ARCHITECTURE.md is true: inside each module the rooms use each other in one direction.
@Suite("Arrows")
struct ArrowTests {
    /// A module's rooms; each may use those of the rows above it.
    struct Module: Sendable, CustomTestStringConvertible {
        var name: String
        var levels: [[String]]
        var testDescription: String { name }

        static let all = [
            Module(
                name: "Plans",
                levels: [
                    ["Text"], ["Model"], ["Values"], ["Parsing"], ["Policy", "Linting", "Redaction"], ["Showing"],
                ]),
            Module(
                name: "VisionPipeline",
                levels: [
                    ["Frames", "Bitstream"], ["Stages", "Taps", "GStreamer"], ["Chain"], ["Segments"], ["Running"],
                    ["Worker"],
                ]),
            Module(name: "Discovery", levels: [["Markup"], ["Network"], ["Cameras"]]),
            Module(
                name: "Server",
                levels: [
                    ["Basics"], ["Proxies", "TLS", "Systemd"], ["Log", "Taps", "Workers", "Memory"], ["Access"],
                    ["HTTP", "Events"],
                    ["Devices"],
                    ["Instances"], ["Cameras"],
                    ["Routes", "Sockets", "Listening"], ["Configuration"],
                ]),
        ]

        var sources: [String: String] {
            get throws {
                let folder = Repository.root + "/Sources/\(name)"
                let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
                return try Dictionary(
                    uniqueKeysWithValues: paths.filter { $0.hasSuffix(".swift") }.map {
                        ($0, try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
                    })
            }
        }
    }

    @Test("No room uses one that comes after it", arguments: Module.all)
    func forward(module: Module) throws {
        let sources = try module.sources
        #expect(
            Set(sources.keys.filter { $0.contains("/") }.map { $0.prefix { $0 != "/" } })
                == Set(module.levels.joined().map { $0[...] }))
        #expect(Arrows(sources: sources).backward(in: module.levels) == [])
    }

    @Test("An arrow that runs back is found, wherever a type can be named")
    func plantedArrow() throws {
        let module = Module.all[1]
        let room = try #require(module.levels.first?.first)
        let planted = [
            "let lane: Lane? = nil", "extension Lane {}", "func take(_ lanes: [Lane]) {}", "let all = Lane.self",
            "struct Still: Sendable, Lane {}", "typealias Way = Lane", "if x is Lane {}", "@Lane var x = 1", "Lane()",
            "let text = \"a\"; let lane: Lane",
        ]
        for line in planted {
            var sources = try module.sources
            sources["\(room)/Planted.swift"] = line
            #expect(Arrows(sources: sources).backward(in: module.levels) == ["\(room) → Taps (Lane)"], "\(line)")
        }
        for line in ["// Lane", "\"Lane\"", "let x = Other.Lane.self", "\"\"\"\n\" Lane\n\"\"\"", "let aLane = 1"] {
            var sources = try module.sources
            sources["\(room)/Planted.swift"] = line
            #expect(Arrows(sources: sources).backward(in: module.levels) == [], "\(line)")
        }
    }

    /// `make arrows` writes and prints what this test wants to see.
    @Test("ARCHITECTURE.md shows who uses whom")
    func table() throws {
        let path = Repository.root + "/ARCHITECTURE.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let (begin, end) = ("<!-- made by make arrows -->\n", "<!-- end -->")
        let before = try #require(text.range(of: begin))
        let after = try #require(text.range(of: end, range: before.upperBound..<text.endIndex))
        let made = text.replacingCharacters(in: before.upperBound..<after.lowerBound, with: try Self.table)
        if ProcessInfo.processInfo.environment["STREAMTAP_WRITE_DOCS"] != nil {
            try made.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(text == made, "make arrows writes it anew")
        }
    }

    private static var table: String {
        get throws {
            var lines = ["| module | room | files | uses |", "|---|---|---|---|"]
            for module in Module.all {
                let sources = try module.sources
                let arrows = Arrows(sources: sources)
                for room in module.levels.joined() {
                    let files = sources.keys.count { $0.hasPrefix(room + "/") }
                    let used = module.levels.joined().filter { arrows.uses[room]?[$0] != nil }
                    lines.append(
                        "| \(module.name) | `\(room)` | \(files) | \(used.isEmpty ? "—" : used.joined(separator: ", ")) |"
                    )
                }
            }
            return lines.joined(separator: "\n") + "\n"
        }
    }
}

enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}
