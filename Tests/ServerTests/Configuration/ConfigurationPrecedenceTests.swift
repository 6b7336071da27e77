import Logging
import TestSupport
import Testing

@testable import Server

@Suite("Where the configuration comes from")
struct ConfigurationPrecedenceTests {
    @Test("A flag counts more than the environment, that more than the file, and that more than the default")
    func precedence() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("limits: {viewers: 3}\nlog: {level: debug}\nlisten: {port: 1}\n", to: "a.yaml")
        var sources = ConfigurationSources(file: path)
        func entry(_ name: String) -> LoadedConfiguration.Entry? {
            sources.load().entries.first { $0.key.name == name }
        }
        #expect(entry("limits.viewers")?.place == .file(path, line: 1, column: 19))
        #expect(entry("limits.instances")?.place == .standard)
        #expect(sources.load().configuration.maxViewers == 3)
        #expect(sources.load().configuration.logLevel == .debug)
        sources.environment = ["STREAMTAP_LIMITS_VIEWERS": "4", "STREAMTAP_LISTEN_PORT": ""]
        #expect(entry("limits.viewers")?.place == .variable("STREAMTAP_LIMITS_VIEWERS"))
        #expect(sources.load().configuration.maxViewers == 4)
        #expect(sources.load().configuration.port == 1, "an empty variable says nothing")
        sources.options = [GivenOption("limits.viewers", "5")].compactMap(\.self)
        #expect(entry("limits.viewers")?.place == .flag("max-viewers"))
        #expect(sources.load().configuration.maxViewers == 5)
    }

    /// A value that is not the default, as a variable has it, and as the file.
    static func other(than key: ConfigurationKey) -> (word: String, yaml: String) {
        switch key.kind {
        case .integer: ("7", "7")
        case .boolean: key.standard == .boolean(true) ? ("off", "false") : ("on", "true")
        case .choice(let choices):
            choices.last.map { ($0, $0) } ?? ("", "")
        case .path: ("/some/where", "/some/where")
        case .text(let format), .list(let format):
            [
                "10.0.5.0/24", "front=me@10.0.5.0/24", "a.example", "https://a.example", "512M", "127.0.0.1:1", "600",
                "/cams",
            ].first {
                format?.accepts($0) != false
            }.map { word in
                if case .list = key.kind { (word, "['\(word)']") } else { (word, "'\(word)'") }
            } ?? ("", "")
        }
    }

    @Test(
        "Each key can be said by its variable and in the file, and changes the configuration",
        arguments: ConfigurationKey.all)
    func each(key: ConfigurationKey) throws {
        let (word, yaml) = Self.other(than: key)
        let byVariable = ConfigurationSources(environment: [key.variable: word]).load()
        let parts = key.name.split(separator: ".")
        let text =
            parts.dropLast().map { "\($0): {" }.joined() + "\(parts.last ?? ""): \(yaml)"
            + String(repeating: "}", count: parts.count - 1)
        let byFile = ConfigurationSources(file: try TemporaryDirectory().write(text, to: "a.yaml")).load()
        for loaded in [byVariable, byFile] {
            #expect(loaded.faults.allSatisfy { $0.place == .together }, "\(loaded.faults)")
            let entry = try #require(loaded.entries.first { $0.key.name == key.name })
            #expect(entry.place != .standard)
            #expect(key.value(loaded.configuration) == entry.value)
            #expect(entry.value != key.standard)
        }
        #expect(byVariable.configuration == byFile.configuration)
    }

    @Test("Each name is there once, and is a word in a section")
    func names() {
        let keys = ConfigurationKey.all
        #expect(Set(keys.map(\.name)).count == keys.count)
        #expect(Set(keys.map(\.variable)).count == keys.count)
        #expect(Set(keys.compactMap(\.flag)).count == keys.compactMap(\.flag).count)
        for key in keys {
            #expect(key.name.wholeMatch(of: /[a-z]+(\.[a-z_]+)+/) != nil, "\(key.name)")
            #expect(key.summary.hasSuffix("."), "\(key.name)")
        }
    }

    @Test("What is wrong with a variable or a flag is told by its name")
    func faults() {
        let loaded = ConfigurationSources(
            options: [GivenOption("limits.viewers", "many")].compactMap(\.self),
            environment: [
                "STREAMTAP_LISTEN_PORT": "eighty", "STREAMTAP_LIMIT_VIEWERS": "3", "STREAMTAP_SECRET_FRONT": "x",
                "STREAMTAP_SOMETHING_ELSE_ALTOGETHER": "x",
                "STREAMTAP_CAMERAS_NETWORKS": "10.0.0.0/8, fd00::/8 nowhere",
            ]
        ).load()
        let told = loaded.faults.map(\.description)
        #expect(told.count == 4, "\(told)")
        #expect(told.contains("--max-viewers: error: 'many' is no whole number"))
        #expect(told.contains("STREAMTAP_LISTEN_PORT: error: 'eighty' is no whole number"))
        #expect(told.contains { $0.hasPrefix("STREAMTAP_CAMERAS_NETWORKS: error: 'nowhere' is no network") })
        #expect(
            told.contains(
                "STREAMTAP_LIMIT_VIEWERS: warning: nothing reads this variable (did you mean 'STREAMTAP_LIMITS_VIEWERS'?)"
            ))
    }

    @Test(
        "The file is the one that is named, none where the name is empty, and never one of the directory where one stands"
    )
    func file() {
        func file(_ named: String?, _ environment: [String: String] = [:]) -> String? {
            ConfigurationSources.file(named: named, environment: environment, readsStandard: false)
        }
        #expect(file("a.yaml", ["STREAMTAP_CONFIG": "b.yaml"]) == "a.yaml")
        #expect(file(nil, ["STREAMTAP_CONFIG": "b.yaml"]) == "b.yaml")
        #expect(file("", ["STREAMTAP_CONFIG": "b.yaml"]) == nil)
        #expect(file(nil, ["STREAMTAP_CONFIG": ""]) == nil)
        #expect(file(nil) == nil)
    }
}

extension ConfigurationKey: CustomTestStringConvertible {
    public var testDescription: String { name }
}
