import Plans

/// Reads the environment by the table of keys.
struct EnvironmentReader {
    private(set) var values: [String: ConfigurationValue] = [:]
    private(set) var places: [String: ConfigurationPlace] = [:]
    private(set) var faults: [ConfigurationFault] = []

    private static let prefix = "STREAMTAP_"
    /// Names the file.
    static let file = "STREAMTAP_CONFIG"

    /// A variable that is empty says nothing.
    init(_ environment: [String: String]) {
        for key in ConfigurationKey.all {
            guard let text = environment[key.variable], !text.isEmpty else { continue }
            let place = ConfigurationPlace.variable(key.variable)
            do throws(ConfigurationKey.Refusal) {
                values[key.name] = try key.read(Self.words(text, key))
                places[key.name] = place
            } catch {
                faults.append(ConfigurationFault(at: place, error.message, hint: error.hint))
            }
        }
        // Others of this prefix may be anybody's; one that is nearly ours was meant to be.
        let known = ConfigurationKey.all.map(\.variable) + [Self.file]
        for name in environment.keys.sorted() where name.hasPrefix(Self.prefix) && !known.contains(name) {
            guard !name.hasPrefix(SecretVariables.prefix), let hint = NearestName.hint(for: name, in: known) else {
                continue
            }
            faults.append(ConfigurationFault(.warning, at: .variable(name), "nothing reads this variable", hint: hint))
        }
    }

    private static func words(_ text: String, _ key: ConfigurationKey) -> [String] {
        guard case .list = key.kind else { return [text] }
        return text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
}
