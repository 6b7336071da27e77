package import Plans

/// What the operator allows.
package struct InstancePolicy: Sendable, Hashable {
    /// Instances that may exist at a time.
    package var highestCount: Int
    /// Whether the API may send a plan's text instead of naming a plan of the plans directory.
    package var allowsPlanText: Bool
    /// The directory that parameters of the format `path` stay inside; nil: no such parameter over the API.
    package var mediaDirectory: String?
    /// Where cameras whose addresses come over the API may be.
    package var cameras: AddressPolicy
    /// Secrets that a plan or a request may name.
    package var secrets: SecretStore

    /// What `streamtap serve` allows when it is told nothing.
    package init(
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
