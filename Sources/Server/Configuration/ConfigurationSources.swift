import Configuration
import Synchronization

/// Where a server's configuration comes from: flags, its environment and a file, in that order of precedence.
///
/// It can be read again: what a reload finds is what a start would.
package struct ConfigurationSources: Sendable {
    package var options: [GivenOption]
    package var environment: [String: String]
    /// Nil: there is none.
    package var file: String?

    package init(options: [GivenOption] = [], environment: [String: String] = [:], file: String? = nil) {
        self.options = options
        self.environment = environment
        self.file = file
    }

    /// The file that is named, by a flag or else by STREAMTAP_CONFIG; an empty name means none.
    ///
    /// Where none is named it is the one in /etc, if that is there. None in the directory where the server is started: who may
    /// write there could say which program is the worker.
    ///
    /// - Parameter readsStandard: whether the one in /etc counts.
    package static func file(
        named: String?, environment: [String: String], readsStandard: Bool
    ) -> String? {
        if let named = named ?? environment[EnvironmentReader.file] { return named.isEmpty ? nil : named }
        let path = ConfigurationFile.standardPath
        return readsStandard && ConfigurationFile.exists(path) ? path : nil
    }

    /// Reads all of it.
    package func load() -> LoadedConfiguration {
        var flags = Source("flags")
        for option in options {
            do throws(ConfigurationFault) {
                let value = try option.value
                flags.values[option.key] = value
                flags.places[option.key] = .flag(option.flag)
            } catch {
                flags.faults.append(error)
            }
        }
        var variables = Source("environment")
        let environment = EnvironmentReader(environment)
        (variables.values, variables.places) = (environment.values, environment.places)
        variables.faults = environment.faults
        var written = Source("file")
        var instances: [DeclaredInstance] = []
        if let file {
            do throws(ConfigurationFault) {
                let reader = ConfigurationFileReader(try ConfigurationFile(file))
                (written.values, written.places) = (reader.values, reader.places)
                written.faults = reader.faults
                instances = reader.instances
            } catch {
                written.faults.append(error)
            }
        }
        return LoadedConfiguration([flags, variables, written], of: self, instances: instances)
    }

    /// One of the places where values come from.
    struct Source {
        let name: String
        var values: [String: ConfigurationValue] = [:]
        var places: [String: ConfigurationPlace] = [:]
        var faults: [ConfigurationFault] = []

        init(_ name: String) { self.name = name }
    }
}

/// A configuration as it was read, with all that is wrong with it.
package struct LoadedConfiguration: Sendable {
    /// A key with what counts for it.
    package struct Entry: Sendable {
        package var key: ConfigurationKey
        /// Nil: it is not given, and has no default.
        package var value: ConfigurationValue?
        package var place: ConfigurationPlace
    }

    /// Where it is wrong, as far as it could be read.
    package private(set) var configuration = ServerConfiguration()
    /// In the order of the table.
    package private(set) var entries: [Entry] = []
    package private(set) var faults: [ConfigurationFault]
    /// That was read.
    package var file: String? { sources.file }
    /// Where it comes from, to be read again.
    package let sources: ConfigurationSources
    /// In the order of the file.
    package let instances: [DeclaredInstance]

    /// - Parameter sources: those that count more come first.
    init(
        _ sources: [ConfigurationSources.Source], of origin: ConfigurationSources, instances: [DeclaredInstance]
    ) {
        self.sources = origin
        self.instances = instances
        faults = sources.flatMap(\.faults)
        configuration.instances = instances
        let reporter = OriginReporter()
        let reader = ConfigReader(providers: sources.map { $0.provider }, accessReporter: reporter)
        for key in ConfigurationKey.all {
            let value = key.value(in: reader)
            if let value { key.set(value, &configuration) }
            let origin = reporter.origin(of: key.name)
            let source = sources.first { $0.provider.providerName == origin }
            entries.append(
                Entry(key: key, value: value ?? key.standard, place: source?.places[key.name] ?? .standard))
        }
        if entries.first(where: { $0.key.name == "plans.directory" })?.place == .standard {
            configuration.plansDirectory = Installation.plansDirectory
        }
        // One address that a flag names counts more than a list of them in the file.
        let ranks = Dictionary(uniqueKeysWithValues: entries.map { ($0.key.name, $0.place.rank) })
        if let list = ranks["listen.addresses"], list > min(ranks["listen.host"] ?? 3, ranks["listen.port"] ?? 3) {
            configuration.listen = []
        }
        if !faults.hasErrors {
            do throws(ServiceError) {
                try configuration.validate()
            } catch {
                faults.append(ConfigurationFault(at: .together, error.message))
            }
        }
    }
}

// MARK: Which of several counts

extension ConfigurationSources.Source {
    fileprivate var provider: InMemoryProvider {
        InMemoryProvider(
            name: name,
            values: Dictionary(
                uniqueKeysWithValues: values.map { name, value in
                    let isSecret = ConfigurationKey.named(name)?.isSecret ?? true
                    let content: ConfigContent =
                        switch value {
                        case .text(let text): .string(text)
                        case .integer(let number): .int(number)
                        case .boolean(let flag): .bool(flag)
                        case .list(let texts): .stringArray(texts)
                        }
                    return (AbsoluteConfigKey(ConfigKey(name)), ConfigValue(content, isSecret: isSecret))
                }))
    }
}

extension ConfigurationKey {
    fileprivate func value(in reader: ConfigReader) -> ConfigurationValue? {
        let name = ConfigKey(name)
        return switch kind {
        case .integer: reader.int(forKey: name, isSecret: isSecret).map { .integer($0) }
        case .boolean: reader.bool(forKey: name, isSecret: isSecret).map { .boolean($0) }
        case .list: reader.stringArray(forKey: name, isSecret: isSecret).map { .list($0) }
        default: reader.string(forKey: name, isSecret: isSecret).map { .text($0) }
        }
    }
}

/// Remembers which provider had what was asked for.
private final class OriginReporter: AccessReporter {
    private let origins = Mutex<[String: String]>([:])

    func origin(of key: String) -> String? { origins.withLock { $0[key] } }

    func report(_ event: AccessEvent) {
        let name = event.metadata.key.components.joined(separator: ".")
        for result in event.providerResults {
            guard case .success(let found) = result.result, found.value != nil else { continue }
            origins.withLock { $0[name] = result.providerName }
            return
        }
    }
}
