import Plans
import Testing
import WorkerLink

@testable import VisionPipeline

struct StageOptionsTests {
    static let stage = StageDescription(
        name: "sample", summary: "For this test.",
        options: [
            StageOptionDescription(
                name: "kernel", type: .integer, default: .integer(5), minimum: 1, maximum: 21, step: 2, summary: "Odd."
            ),
            StageOptionDescription(
                name: "amount", type: .number, default: .number(0.5), minimum: 0, maximum: 1, summary: "A share."),
            StageOptionDescription(name: "invert", type: .boolean, default: .boolean(false), summary: "A switch."),
            StageOptionDescription(
                name: "method", type: .choice, default: .string("soft"), choices: ["soft", "hard"],
                summary: "A choice."),
        ])

    static func problems(_ given: [(name: String, value: StageOptions.Given)]) -> [StageOptionsError.Problem] {
        do {
            _ = try StageOptions(checking: given, against: stage)
            return []
        } catch { return error.problems }
    }

    @Test("defaults are filled in")
    func defaults() throws {
        let options = try StageOptions(checking: [], against: Self.stage)
        #expect(options.integer("kernel") == 5)
        #expect(options.number("amount") == 0.5)
        #expect(options.boolean("invert") == false)
        #expect(options.string("method") == "soft")
    }

    @Test("text and values become the declared type")
    func values() throws {
        let options = try StageOptions(
            checking: [
                ("kernel", .text("21")), ("amount", .value(.integer(1))), ("invert", .text("true")),
                ("method", .value(.string("hard"))),
            ], against: Self.stage)
        #expect(options.integer("kernel") == 21)
        #expect(options.number("amount") == 1)
        #expect(options.boolean("invert") == true)
        #expect(options.string("method") == "hard")
    }

    @Test(
        "what is wrong is said",
        arguments: [
            ("kernl", "5", Diagnostic.Code.unknownOption), ("kernel", "soft", .optionType),
            ("kernel", "4", .optionRange),
            ("kernel", "0", .optionRange), ("kernel", "23", .optionRange), ("kernel", "5.5", .optionType),
            ("kernel", "99999999999999999999", .optionType), ("kernel", "", .optionType),
            ("amount", "1.01", .optionRange),
            ("amount", "nan", .optionType), ("invert", "maybe", .optionType), ("method", "softt", .optionRange),
        ])
    func wrong(_ name: String, _ text: String, _ code: Diagnostic.Code) throws {
        let problem = try #require(Self.problems([(name, .text(text))]).first)
        #expect(problem.code == code && problem.index == 0)
    }

    @Test("values of another type are refused", arguments: [ParameterValue.string("5"), .boolean(true), .number(5.5)])
    func wrongValue(_ value: ParameterValue) {
        #expect(Self.problems([("kernel", .value(value))]).map(\.code) == [.optionType])
    }

    @Test("messages tell what to write instead")
    func messages() {
        #expect(Self.problems([("kernl", .text("5"))]).first?.hint == "did you mean 'kernel'?")
        #expect(
            Self.problems([("kernel", .text("4"))]).first?.message == "'kernel' is an odd whole number from 1 to 21")
        #expect(Self.problems([("method", .text("softt"))]).first?.hint == "did you mean 'soft'?")
    }

    @Test("everything wrong is said at once, with its place")
    func all() {
        let problems = Self.problems([
            ("kernel", .text("3")), ("kernel", .text("5")), ("x", .text("")), ("amount", .text("-1")),
        ])
        #expect(problems.map(\.index) == [1, 2, 3])
        #expect(problems.map(\.code) == [.duplicateProperty, .unknownOption, .optionRange])
    }

    @Test("an option without a default must be given")
    func missing() {
        let stage = StageDescription(
            name: "s", summary: "",
            options: [StageOptionDescription(name: "size", type: .integer, default: nil, summary: "")])
        #expect(throws: StageOptionsError.self) { try StageOptions(checking: [], against: stage) }
    }

    @Test("every declaration in the catalogue allows its own defaults", arguments: StageCatalog.builtIn.descriptions)
    func catalogue(_ description: StageDescription) throws {
        let given = description.options.compactMap { option in
            option.default.map { (name: option.name, value: StageOptions.Given.value($0)) }
        }
        var optional = description
        optional.options.removeAll { $0.default == nil }
        _ = try StageOptions(checking: given, against: optional)
        #expect(StageCatalog.builtIn.stage(named: description.name)?.description == description)
        // A plan may write `-` for `_` in an element's property: no two options differ by that alone.
        #expect(Set(description.options.map { PropertyName($0.name) }).count == description.options.count)
        // What names something outside is refused in plan text from the network, and while a plan runs.
        #expect(description.options.filter { PropertyName($0.name).namesSomethingOutside } == [])
    }
}
