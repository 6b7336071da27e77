package import Plans

/// What `streamtap-worker check` reads from its standard input, as JSON.
package struct PlanCheckRequest: Hashable, Sendable, Codable {
    /// The plan's text.
    package var text: String
    /// Nil: the plan is checked as it stands, and a parameter without a default may have any value.
    package var parameters: [String: ParameterValue]?
    /// Stages' options that count more than the plan's, by node id.
    package var stageOptions: [String: [String: ParameterValue]]
    /// The text came over the network.
    package var isUntrusted: Bool

    /// What the server asks a worker to look at.
    package init(
        text: String, parameters: [String: ParameterValue]? = nil,
        stageOptions: [String: [String: ParameterValue]] = [:], isUntrusted: Bool = false
    ) {
        self.text = text
        self.parameters = parameters
        self.stageOptions = stageOptions
        self.isUntrusted = isUntrusted
    }

    /// Reads a request; all but `text` may be left out.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        text = try container.decode(String.self, forKey: .text)
        parameters = try container.decodeIfPresent([String: ParameterValue].self, forKey: .parameters)
        stageOptions =
            try container.decodeIfPresent([String: [String: ParameterValue]].self, forKey: .stageOptions) ?? [:]
        isUntrusted = try container.decodeIfPresent(Bool.self, forKey: .isUntrusted) ?? false
    }
}
