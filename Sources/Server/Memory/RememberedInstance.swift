package import Plans

/// An instance as it has to be made again after a restart of the server.
package struct RememberedInstance: Sendable, Hashable {
    package var id: String
    /// The plan's name; nil: its text came over the network.
    package var plan: String?
    /// The plan as it was when the instance was made, whatever has become of its file.
    package var text: String
    /// As somebody gave them, passwords among them.
    package var parameters: [String: ParameterValue]
    /// Parameter → name of the stored secret that is its value.
    package var secrets: [String: String]
    /// What was changed since, by stage.
    package var options: [String: [String: ParameterValue]] = [:]
    /// What was set on cameras since, by source and control.
    package var controls: [String: [String: Int64]] = [:]
    /// Unix microseconds.
    package var created: Int64
    /// When its film ended, if that was the last that became of it: Unix microseconds.
    package var completed: Int64?
}
