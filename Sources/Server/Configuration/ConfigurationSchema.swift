import Foundation

/// The JSON Schema of the configuration's file, by which editors complete and check it.
package enum ConfigurationSchema {
    /// As text with a line for each thing, made of the table of keys.
    package static var text: String {
        var root = section("")
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        root["title"] = "streamtap.yaml"
        root["description"] = "What a StreamTap server is told. Flags and variables of the environment count more."
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings, numbers, booleans, lists and objects alone.
        let data = (try? JSONSerialization.data(withJSONObject: root, options: options)) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// One whose keys are all commented out is null to YAML.
    private static func object(_ properties: [String: Any]) -> [String: Any] {
        ["type": ["object", "null"], "additionalProperties": false, "properties": properties]
    }

    private static func section(_ prefix: String) -> [String: Any] {
        var properties: [String: Any] = [:]
        for part in ConfigurationKey.parts(below: prefix) {
            let name = prefix + part
            if name == DeclaredInstance.section {
                properties[part] = instances
            } else {
                properties[part] = ConfigurationKey.named(name).map(value) ?? section(name + ".")
            }
        }
        return object(properties)
    }

    private static func value(_ key: ConfigurationKey) -> [String: Any] {
        var result: [String: Any] =
            switch key.kind {
            case .text(let format): text(format)
            case .path: text(nil)
            case .integer(let range): ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
            case .boolean: ["type": "boolean"]
            case .choice(let choices): ["type": "string", "enum": choices]
            case .list(let format): ["type": "array", "items": text(format)]
            }
        let others = [key.flag.map { "--\($0)" }, key.variable].compactMap(\.self).joined(separator: ", ")
        result["description"] = "\(key.summary) (\(others))"
        switch key.standard {
        case .text(let text): result["default"] = text
        case .integer(let number): result["default"] = number
        case .boolean(let flag): result["default"] = flag
        case .list(let texts): result["default"] = texts
        case nil: break
        }
        return result
    }

    private static func text(_ format: ConfigurationFormat?) -> [String: Any] {
        var result: [String: Any] = ["type": "string", "minLength": 1]
        result["pattern"] = format?.pattern
        return result
    }

    private static let name = "^[a-z0-9][a-z0-9_-]{0,63}$"

    private static var instances: [String: Any] {
        let values: (Any) -> [String: Any] = { value in
            ["type": ["object", "null"], "propertyNames": ["pattern": name], "additionalProperties": value]
        }
        var parameters = values(["type": ["string", "number", "boolean"]])
        parameters["description"] = "Values of the plan's parameters; its defaults fill the gaps."
        var secrets = values(["type": "string", "pattern": name])
        secrets["description"] = "Parameters whose values are stored secrets, by the names of those."
        var instance = object([
            "plan": ["type": "string", "pattern": name, "description": "NAME.plan in the directory of plans."],
            "parameters": parameters, "secrets": secrets,
        ])
        instance["type"] = "object"
        instance["required"] = ["plan"]
        var result = values(instance)
        result["description"] = "Instances that run with the server, by name. The API cannot change or delete them."
        return result
    }
}
