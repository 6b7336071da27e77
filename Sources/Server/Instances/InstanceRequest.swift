package import Plans

/// Body of POST and PUT /api/vp/instances.
package struct InstanceRequest: Sendable, Hashable, Codable {
    /// A plan of the plans directory; exactly one of `plan` and `text` is given.
    package var plan: String?
    /// A plan's text.
    package var text: String?
    /// Values of the plan's parameters; its defaults fill the gaps.
    package var parameters: [String: ParameterValue]?
    /// The instance's name; nil: the plan's, with a number where it is taken.
    package var id: String?
    /// Parameter → name of the stored secret that is its value; in JSON `"parameters": {"password": {"secret": NAME}}`.
    package var secrets: [String: String]

    /// A request with values that are known already.
    package init(
        plan: String? = nil, text: String? = nil, parameters: [String: ParameterValue]? = nil, id: String? = nil,
        secrets: [String: String] = [:]
    ) {
        self.plan = plan
        self.text = text
        self.parameters = parameters
        self.id = id
        self.secrets = secrets
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case plan, text, parameters, id }

    /// Of the body.
    static let keys = CodingKeys.allCases.map(\.rawValue)

    /// Reads the body; a parameter is a value or `{"secret": NAME}`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        plan = try container.decodeIfPresent(String.self, forKey: .plan)
        text = try container.decodeIfPresent(String.self, forKey: .text)
        id = try container.decodeIfPresent(String.self, forKey: .id)
        secrets = [:]
        guard let given = try container.decodeIfPresent([String: Given].self, forKey: .parameters) else { return }
        var values: [String: ParameterValue] = [:]
        for (name, given) in given {
            switch given {
            case .value(let value): values[name] = value
            case .secret(let secret): secrets[name] = secret
            }
        }
        parameters = values
    }

    /// Writes it as `init(from:)` reads it.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(plan, forKey: .plan)
        try container.encodeIfPresent(text, forKey: .text)
        try container.encodeIfPresent(id, forKey: .id)
        guard parameters != nil || !secrets.isEmpty else { return }
        let values = (parameters ?? [:]).mapValues { Given.value($0) }
        try container.encode(values.merging(secrets.mapValues { .secret($0) }) { $1 }, forKey: .parameters)
    }

    /// A parameter's value, or where the server finds it.
    private enum Given: Codable {
        case value(ParameterValue)
        case secret(String)

        private enum CodingKeys: String, CodingKey { case secret }

        init(from decoder: any Decoder) throws {
            if let container = try? decoder.container(keyedBy: CodingKeys.self) {
                self = .secret(try container.decode(String.self, forKey: .secret))
            } else {
                self = .value(try ParameterValue(from: decoder))
            }
        }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .value(let value):
                try value.encode(to: encoder)
            case .secret(let name):
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(name, forKey: .secret)
            }
        }
    }
}
