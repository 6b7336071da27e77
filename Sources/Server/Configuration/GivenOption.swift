/// What a flag of the command line has said.
package struct GivenOption: Sendable {
    /// The key's name.
    package let key: String
    /// Without its dashes.
    package let flag: String
    package let words: [String]

    /// Nil where the flag was not given.
    ///
    /// - Parameter flag: nil: the key's own.
    package init?(_ key: String, _ word: String?, flag: String? = nil) {
        guard let word else { return nil }
        self.init(key, [word], flag: flag)
    }

    /// Nil where the flag was not given.
    package init?(_ key: String, _ words: [String], flag: String? = nil) {
        guard !words.isEmpty else { return nil }
        self.key = key
        self.words = words
        self.flag = flag ?? ConfigurationKey.named(key)?.flag ?? key
    }

    /// Nil where the flag was not given.
    package init?(_ key: String, _ isSet: Bool?, flag: String? = nil) {
        self.init(key, isSet.map { $0 ? "true" : "false" }, flag: flag)
    }

    /// What is wrong with it.
    package var fault: ConfigurationFault? {
        do throws(ConfigurationFault) {
            _ = try value
            return nil
        } catch {
            return error
        }
    }

    var value: ConfigurationValue {
        get throws(ConfigurationFault) {
            guard let key = ConfigurationKey.named(key) else {
                throw ConfigurationFault(at: .flag(flag), "stands for no key of the configuration")
            }
            do throws(ConfigurationKey.Refusal) {
                return try key.read(words)
            } catch {
                throw ConfigurationFault(at: .flag(flag), error.message, hint: error.hint)
            }
        }
    }
}
