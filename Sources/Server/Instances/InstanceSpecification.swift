public import Plans
import WorkerLink

/// What an instance is to run, settled when it is created: retries use this, whatever becomes of the plan's file.
struct InstanceSpecification: Sendable {
    /// The plan's name.
    var plan: String
    var text: String
    /// Every declared parameter with its value, defaults included.
    var parameters: [String: ParameterValue]
    /// `parameters` as anybody may see them.
    var shownParameters: [String: ParameterValue]
    /// The plan's taps, in the order of the text, as they can be known before a worker has compiled it.
    var taps: [CompiledTap]
    /// The plan's nodes and edges as anybody may see them: parameters by name, credentials masked.
    var graph: PlanDescription
    /// Takes this instance's secrets, and credentials of any kind, out of a text.
    var redaction: Redaction
    /// The text came over the network: the worker holds every element to the policy, too.
    var isUntrusted: Bool
    /// Camera addresses that came over the network; nil: none did.
    var cameras: CameraRule?

    /// Whether an instance of the one is an instance of the other.
    static func == (one: Self, other: Self) -> Bool {
        one.plan == other.plan && one.text == other.text && one.parameters == other.parameters
            && one.cameras == other.cameras
    }
}

/// Where a request comes from decides what it may ask for.
public enum RequestOrigin: Sendable, Hashable {
    /// Anybody who reaches the port.
    case api
    /// The operator's own command line; `plan` names a text that comes without a name.
    case commandLine(plan: String)
}

/// What the operator allows.
public struct InstancePolicy: Sendable, Hashable {
    /// Instances that may exist at a time.
    public var highestCount: Int
    /// Whether the API may send a plan's text instead of naming a plan of the plans directory.
    public var allowsPlanText: Bool
    /// The directory that parameters of the format `path` stay inside; nil: no such parameter over the API.
    public var mediaDirectory: String?
    /// Where cameras whose addresses come over the API may be.
    public var cameras: AddressPolicy
    /// Secrets that a plan or a request may name.
    public var secrets: SecretStore

    public init(
        highestCount: Int = 64, allowsPlanText: Bool = false, mediaDirectory: String? = nil,
        cameras: AddressPolicy = AddressPolicy(), secrets: SecretStore = SecretStore()
    ) {
        self.highestCount = highestCount
        self.allowsPlanText = allowsPlanText
        self.mediaDirectory = mediaDirectory
        self.cameras = cameras
        self.secrets = secrets
    }
}
