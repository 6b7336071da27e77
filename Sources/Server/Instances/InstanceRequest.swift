public import Plans

/// Body of POST and PUT /api/vp/instances.
public struct InstanceRequest: Sendable, Hashable, Codable {
    /// A plan of the plans directory; exactly one of `plan` and `text` is given.
    public var plan: String?
    /// A plan's text.
    public var text: String?
    public var parameters: [String: ParameterValue]?
    public var id: String?

    public init(
        plan: String? = nil, text: String? = nil, parameters: [String: ParameterValue]? = nil, id: String? = nil
    ) {
        self.plan = plan
        self.text = text
        self.parameters = parameters
        self.id = id
    }
}
