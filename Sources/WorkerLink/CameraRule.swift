public import Plans

/// Which of a plan's camera addresses came over the network, and where they may lead.
public struct CameraRule: Hashable, Sendable, Codable {
    /// Where such an address may lead.
    public var policy: AddressPolicy
    /// The parameters whose values came over the network; nil: the whole plan did.
    public var parameters: Set<String>?

    /// A rule for the values of these parameters, or for the whole plan.
    public init(policy: AddressPolicy, parameters: Set<String>? = nil) {
        self.policy = policy
        self.parameters = parameters
    }
}
