public import Plans

/// Body of POST and PUT /api/vp/instances.
public struct InstanceRequest: Sendable, Hashable, Codable {
    /// A plan of the plans directory; exactly one of `plan` and `text` is given.
    public var plan: String?
    /// A plan's text.
    public var text: String?
    public var parameters: [String: ParameterValue]?
    public var id: String?
    /// Parameter → name of the stored secret that is its value; in JSON `"parameters": {"password": {"secret": NAME}}`.
    public var secrets: [String: String]

    public init(
        plan: String? = nil, text: String? = nil, parameters: [String: ParameterValue]? = nil, id: String? = nil,
        secrets: [String: String] = [:]
    ) {
        self.plan = plan
        self.text = text
        self.parameters = parameters
        self.id = id
        self.secrets = secrets
    }

    private enum CodingKeys: String, CodingKey { case plan, text, parameters, id }

    public init(from decoder: any Decoder) throws {
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

    public func encode(to encoder: any Encoder) throws {
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
