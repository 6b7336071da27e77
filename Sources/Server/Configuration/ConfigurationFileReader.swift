import Foundation
import Plans
import Yams

/// Reads the file by the table of keys: what it says, where, and everything that is wrong with it.
struct ConfigurationFileReader {
    private(set) var values: [String: ConfigurationValue] = [:]
    private(set) var places: [String: ConfigurationPlace] = [:]
    private(set) var instances: [DeclaredInstance] = []
    private(set) var faults: [ConfigurationFault] = []
    /// Something in it looks like a password.
    private(set) var holdsSecrets = false

    private let document: YAMLDocument?
    /// Where relative paths begin.
    private let directory: String?

    init(_ file: ConfigurationFile) {
        // What is no file of its own, as /dev/stdin, is nowhere.
        directory =
            file.path.hasPrefix("/dev/") ? nil : URL(fileURLWithPath: file.path).deletingLastPathComponent().path
        do throws(ConfigurationFault) {
            document = try YAMLDocument(file.text, path: file.path)
        } catch {
            document = nil
            faults.append(error)
        }
        if let root = document?.root { section(root, "") }
        faults = (faults + file.warnings(holdsSecrets: holdsSecrets)).sortedByPlace()
    }

    private func place(of node: Node) -> ConfigurationPlace { document?.place(of: node) ?? .together }

    private mutating func fault(at node: Node, _ message: String, hint: String? = nil) {
        faults.append(ConfigurationFault(at: place(of: node), message, hint: hint))
    }

    // MARK: Sections

    /// A mapping of keys.
    ///
    /// - Parameter prefix: `limits.` inside of `limits`.
    private mutating func section(_ node: Node, _ prefix: String) {
        // One whose keys are all commented out.
        if let scalar = node.scalar, YAMLDocument.isEmpty(scalar) { return }
        let known = ConfigurationKey.parts(below: prefix)
        guard let mapping = node.mapping else {
            let name = prefix.isEmpty ? "the file" : "'\(prefix.dropLast())'"
            fault(at: node, "\(name) holds keys: \(known.joined(separator: ", "))")
            return
        }
        for (key, value) in mapping {
            guard let word = key.scalar?.string else {
                fault(at: key, "a key is a word")
                continue
            }
            let name = prefix + word
            if name == DeclaredInstance.section {
                declarations(value)
            } else if known.contains(word), !word.contains(".") {
                if let key = ConfigurationKey.named(name) { leaf(value, key) } else { section(value, name + ".") }
            } else {
                unknown(key, word, prefix, known)
            }
        }
    }

    private mutating func unknown(_ node: Node, _ word: String, _ prefix: String, _ known: [String]) {
        let whole = "'\(prefix)\(word.shown(upTo: 80))'"
        let flag = ConfigurationKey.all.first { $0.flag == word.replacing("_", with: "-") }
        var hint = flag.map { "the file has '\($0.name)' for --\($0.flag ?? "")" }
        if prefix.isEmpty, word.contains("."), ConfigurationKey.named(word) != nil {
            let parts = word.split(separator: ".", maxSplits: 1)
            hint = "write \(parts[0]): {\(parts[1]): …}"
        }
        // Of the same section, else of another.
        hint = hint ?? NearestName.hint(for: word, in: known)
        if hint == nil {
            let elsewhere = ConfigurationKey.all.filter { $0.name.split(separator: ".").last.map(String.init) == word }
            hint = elsewhere.first.map { "there is '\($0.name)'" }
        }
        fault(at: node, "there is no key \(whole)", hint: hint ?? "there are \(known.joined(separator: ", "))")
    }

    // MARK: Values

    private mutating func leaf(_ node: Node, _ key: ConfigurationKey) {
        do throws(ConfigurationKey.Refusal) {
            var value: ConfigurationValue
            if case .list(let format) = key.kind {
                guard let texts = list(try items(of: node, key), key, format) else { return }
                value = .list(texts)
            } else {
                value = try self.value(node, key)
            }
            if key.isSecret { holdsSecrets = true }
            if case .path = key.kind, case .text(let path) = value { value = .text(absolute(path)) }
            values[key.name] = value
            places[key.name] = place(of: node)
        } catch {
            fault(at: node, "\(key.name): \(error.message)", hint: error.hint)
        }
    }

    private func items(of node: Node, _ key: ConfigurationKey) throws(ConfigurationKey.Refusal) -> Node.Sequence {
        if let sequence = node.sequence { return sequence }
        guard let scalar = node.scalar else { throw .init("is a list of texts") }
        guard !YAMLDocument.isEmpty(scalar) else { throw .init("has no value", hint: "[] is an empty list") }
        throw .init("is a list", hint: "write [\(key.shown(scalar.string).dropFirst().dropLast())]")
    }

    /// Nil where something is wrong, which is told where it stands.
    private mutating func list(
        _ items: Node.Sequence, _ key: ConfigurationKey, _ format: ConfigurationFormat?
    ) -> [String]? {
        var texts: [String] = []
        for item in items {
            do throws(ConfigurationKey.Refusal) {
                let text = try word(item, key)
                try key.check(text, format)
                texts.append(text)
            } catch {
                fault(at: item, "\(key.name): \(error.message)", hint: error.hint)
            }
        }
        return texts.count == items.count ? texts : nil
    }

    /// Also `~/`, which no shell has replaced here, is left as it is: the server's home is not its author's.
    private func absolute(_ path: String) -> String {
        // Keys may be at an address instead.
        guard let directory, !path.hasPrefix("/"), !KeySetAddress.isOne(path) else { return path }
        return URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: directory, isDirectory: true))
            .standardizedFileURL
            .path
    }

    private func value(
        _ node: Node, _ key: ConfigurationKey
    ) throws(ConfigurationKey.Refusal) -> ConfigurationValue {
        switch key.kind {
        case .boolean: return .boolean(try boolean(node, key))
        case .integer(let range):
            let scalar = try scalar(node, "is one number")
            guard scalar.style == .plain else {
                throw .init(
                    "\(key.shown(scalar.string)) is a text here, and a number belongs here",
                    hint: "take the quotes away")
            }
            return .integer(try key.integer(scalar.string, in: range))
        default:
            // What no quotes make better is said first.
            let value = try key.text(try scalar(node, "is one text").string)
            _ = try word(node, key)
            return value
        }
    }

    private func scalar(_ node: Node, _ words: String) throws(ConfigurationKey.Refusal) -> Node.Scalar {
        guard let scalar = node.scalar else {
            throw .init("\(words), and no \(node.sequence == nil ? "mapping" : "list")")
        }
        guard !YAMLDocument.isEmpty(scalar) else {
            throw .init("has no value", hint: "leave the key out for the default")
        }
        return scalar
    }

    /// A text; what YAML reads as something else is none.
    private func word(_ node: Node, _ key: ConfigurationKey) throws(ConfigurationKey.Refusal) -> String {
        let scalar = try scalar(node, "is one text")
        let isOther =
            NumberText.number(scalar.string) != nil || ["true", "false"].contains(scalar.string.lowercased())
        guard scalar.style != .plain || !isOther else {
            throw .init("\(key.shown(scalar.string)) is no text to YAML", hint: "put it in quotes")
        }
        return scalar.string
    }

    private func boolean(_ node: Node, _ key: ConfigurationKey) throws(ConfigurationKey.Refusal) -> Bool {
        let scalar = try scalar(node, "is true or false")
        let isPlain = scalar.style == .plain
        switch scalar.string {
        case "true", "True", "TRUE": if isPlain { return true }
        case "false", "False", "FALSE": if isPlain { return false }
        default: break
        }
        let hint: String? =
            switch scalar.string.lowercased() {
            case "true", "false": "take the quotes away"
            case "yes", "on", "y", "1": "write true"
            case "no", "off", "n", "0": "write false"
            default: nil
            }
        throw .init("\(key.shown(scalar.string)) is neither true nor false", hint: hint)
    }

    // MARK: Declared instances

    private mutating func declarations(_ node: Node) {
        if let scalar = node.scalar, YAMLDocument.isEmpty(scalar) { return }
        guard let mapping = node.mapping else {
            fault(at: node, "'instances' holds instances by name", hint: "instances: {door: {plan: rtsp-h264}}")
            return
        }
        for (key, value) in mapping {
            let id = key.scalar?.string ?? ""
            guard PlanName.isValid(id) else {
                fault(
                    at: key, "'\(id.shown(upTo: 80))' cannot name an instance",
                    hint: "1 to 64 of a-z, 0-9, - and _, a letter or digit first")
                continue
            }
            if let instance = declaration(value, id) { instances.append(instance) }
        }
    }

    private mutating func declaration(_ node: Node, _ id: String) -> DeclaredInstance? {
        let example = "\(id): {plan: rtsp-h264, parameters: {…}}"
        guard let mapping = node.mapping else {
            fault(at: node, "instances.\(id): names a plan", hint: example)
            return nil
        }
        let before = faults.count
        var result = DeclaredInstance(id: id, plan: "", place: place(of: node).words)
        for (key, value) in mapping {
            switch key.scalar?.string {
            case "plan":
                guard let plan = value.scalar?.string, PlanName.isValid(plan) else {
                    fault(
                        at: value, "instances.\(id): a plan is named as its file is, without .plan",
                        hint: "it is NAME.plan in the directory of plans")
                    continue
                }
                result.plan = plan
            case "parameters": result.parameters = texts(value, "instances.\(id).parameters")
            case "secrets":
                result.secrets = texts(value, "instances.\(id).secrets")
                for (name, secret) in result.secrets where !PlanName.isValid(secret) {
                    fault(at: value, "instances.\(id).secrets.\(name): this cannot name a stored secret")
                }
            default:
                let word = key.scalar?.string ?? ""
                let known = ["plan", "parameters", "secrets"]
                fault(
                    at: key, "instances.\(id): there is no key '\(word.shown(upTo: 80))'",
                    hint: NearestName.hint(for: word, in: known) ?? "there are \(known.joined(separator: ", "))")
            }
        }
        for name in result.parameters.keys.sorted() where result.secrets[name] != nil {
            fault(at: node, "instances.\(id): '\(name)' has a value and a secret")
        }
        if result.plan.isEmpty, faults.count == before {
            fault(at: node, "instances.\(id): no plan is named", hint: example)
        }
        return faults.count == before ? result : nil
    }

    /// Texts by name, as they are written: the plan says what they are.
    private mutating func texts(_ node: Node, _ name: String) -> [String: String] {
        if let scalar = node.scalar, YAMLDocument.isEmpty(scalar) { return [:] }
        guard let mapping = node.mapping else {
            fault(at: node, "\(name): holds values by name", hint: "{camera: rtsp://10.0.0.5/main}")
            return [:]
        }
        var texts: [String: String] = [:]
        for (key, value) in mapping {
            let word = key.scalar?.string ?? ""
            guard PlanName.isValid(word) else {
                fault(at: key, "\(name): '\(word.shown(upTo: 80))' cannot name a parameter")
                continue
            }
            guard let scalar = value.scalar else {
                fault(at: value, "\(name).\(word): is one value, and no list or mapping")
                continue
            }
            guard !YAMLDocument.isEmpty(scalar) else {
                fault(at: value, "\(name).\(word): has no value", hint: "\"\" is the empty text")
                continue
            }
            guard scalar.string.utf8.count <= 4096 else {
                fault(at: value, "\(name).\(word): has more than 4096 bytes")
                continue
            }
            texts[word] = scalar.string
            if !name.hasSuffix("secrets"), SecretLook.isSecret(scalar.string, named: word) { holdsSecrets = true }
        }
        return texts
    }
}

/// What looks like a password, where nobody has said what it is.
enum SecretLook {
    static func isSecret(_ value: String, named name: String) -> Bool {
        ["password", "passwd", "secret", "token"].contains { name.lowercased().contains($0) }
            || Redaction.masked(value) != value
    }
}

extension ConfigurationKey {
    /// Words that may stand in a section: `viewers` in `limits.`.
    static func parts(below prefix: String) -> [String] {
        var parts: [String] = []
        for key in all where key.name.hasPrefix(prefix) {
            guard let part = key.name.dropFirst(prefix.count).split(separator: ".").first.map(String.init) else {
                continue
            }
            if !parts.contains(part) { parts.append(part) }
        }
        return prefix.isEmpty ? parts + [DeclaredInstance.section] : parts
    }
}
