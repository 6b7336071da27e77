/// One thing that a server can be told: in its file, by a variable of its environment, or by a flag.
///
/// Everything that is known of it stands here once: reading, checking, the flags' help, the schema and the documentation come from it.
package struct ConfigurationKey: Sendable {
    /// What it may hold.
    package enum Kind: Sendable {
        case text(ConfigurationFormat?)
        /// Of a file or directory; in the configuration file from where that is.
        case path
        case integer(ClosedRange<Int>)
        case boolean
        case choice([String])
        case list(ConfigurationFormat?)
    }

    /// Its place in the file: `limits.viewers`.
    package let name: String
    package let kind: Kind
    /// The flag that says the same, without its dashes.
    package let flag: String?
    /// The variable that says the same.
    package let variable: String
    /// What a value of it is called in help: `count`.
    package let placeholder: String
    /// A sentence or two for people.
    package let summary: String
    /// Its value is shown to nobody.
    package let isSecret: Bool
    /// A reload changes it; others wait for the next start.
    package let isLive: Bool
    /// Nil: it is not given.
    let value: @Sendable (ServerConfiguration) -> ConfigurationValue?
    /// Takes only what `kind` allows.
    let set: @Sendable (ConfigurationValue, inout ServerConfiguration) -> Void

    init(
        _ name: String, _ kind: Kind, _ traits: Traits, _ summary: String,
        value: @escaping @Sendable (ServerConfiguration) -> ConfigurationValue?,
        set: @escaping @Sendable (ConfigurationValue, inout ServerConfiguration) -> Void
    ) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.value = value
        self.set = set
        flag = traits.flag
        placeholder = traits.placeholder
        isSecret = traits.isSecret
        isLive = traits.isLive
        variable =
            traits.variable ?? "STREAMTAP_" + name.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }

    /// What is said of a key besides.
    struct Traits {
        var flag: String?
        var placeholder = "text"
        /// Where it is not STREAMTAP_ and the name.
        var variable: String?
        var isSecret = false
        var isLive = false

        init(
            flag: String? = nil, _ placeholder: String = "text", variable: String? = nil, secret: Bool = false,
            live: Bool = false
        ) {
            self.flag = flag
            self.placeholder = placeholder
            self.variable = variable
            isSecret = secret
            isLive = live
        }
    }

    /// The key of this name.
    package static func named(_ name: String) -> ConfigurationKey? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// What it holds when nobody says anything.
    package var standard: ConfigurationValue? { value(ServerConfiguration()) }
}

// MARK: Kinds of keys

extension ConfigurationKey {
    /// A property of the configuration that a key stands for.
    typealias Property<Value> = WritableKeyPath<ServerConfiguration, Value> & Sendable

    static func text(
        _ name: String, _ property: any Property<String>, _ traits: Traits, format: ConfigurationFormat? = nil,
        _ summary: String
    ) -> Self {
        Self(name, .text(format), traits, summary) {
            .text($0[keyPath: property])
        } set: { value, configuration in
            if case .text(let text) = value { configuration[keyPath: property] = text }
        }
    }

    /// A text that need not be there.
    static func text(
        _ name: String, optional property: any Property<String?>, _ traits: Traits, format: ConfigurationFormat? = nil,
        _ summary: String
    ) -> Self {
        text(name, optional: property, kind: .text(format), traits, summary)
    }

    static func path(_ name: String, _ property: any Property<String>, _ traits: Traits, _ summary: String) -> Self {
        Self(name, .path, traits, summary) {
            .text($0[keyPath: property])
        } set: { value, configuration in
            if case .text(let text) = value { configuration[keyPath: property] = text }
        }
    }

    /// A path that need not be there.
    static func path(
        _ name: String, optional property: any Property<String?>, _ traits: Traits, _ summary: String
    ) -> Self {
        text(name, optional: property, kind: .path, traits, summary)
    }

    private static func text(
        _ name: String, optional property: any Property<String?>, kind: Kind, _ traits: Traits, _ summary: String
    ) -> Self {
        Self(name, kind, traits, summary) {
            $0[keyPath: property].map { .text($0) }
        } set: { value, configuration in
            if case .text(let text) = value { configuration[keyPath: property] = text }
        }
    }

    static func integer(
        _ name: String, _ property: any Property<Int>, _ range: ClosedRange<Int>, _ traits: Traits, _ summary: String
    ) -> Self {
        Self(name, .integer(range), traits, summary) {
            .integer($0[keyPath: property])
        } set: { value, configuration in
            if case .integer(let number) = value { configuration[keyPath: property] = number }
        }
    }

    static func boolean(_ name: String, _ property: any Property<Bool>, _ traits: Traits, _ summary: String) -> Self {
        Self(name, .boolean, traits, summary) {
            .boolean($0[keyPath: property])
        } set: { value, configuration in
            if case .boolean(let flag) = value { configuration[keyPath: property] = flag }
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ property: any Property<Choice>, _ traits: Traits, _ summary: String
    ) -> Self {
        Self(name, .choice(Choice.allCases.map(\.rawValue)), traits, summary) {
            .text($0[keyPath: property].rawValue)
        } set: { value, configuration in
            guard case .text(let text) = value, let choice = Choice(rawValue: text) else { return }
            configuration[keyPath: property] = choice
        }
    }

    static func list(
        _ name: String, _ property: any Property<[String]>, _ traits: Traits, format: ConfigurationFormat? = nil,
        _ summary: String
    ) -> Self {
        list(name, property, traits, format: format, summary, read: { $0 }, words: { $0 })
    }

    /// A list whose texts stand for something.
    ///
    /// - Parameter read: gives nil for what `format` does not accept.
    static func list<Element>(
        _ name: String, _ property: any Property<[Element]>, _ traits: Traits, format: ConfigurationFormat?,
        _ summary: String, read: @escaping @Sendable (String) -> Element?,
        words: @escaping @Sendable (Element) -> String
    ) -> Self {
        Self(name, .list(format), traits, summary) {
            .list($0[keyPath: property].map(words))
        } set: { value, configuration in
            if case .list(let texts) = value { configuration[keyPath: property] = texts.compactMap(read) }
        }
    }
}
