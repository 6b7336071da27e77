/// Where a request comes from decides what it may ask for.
package enum RequestOrigin: Sendable, Hashable {
    /// Anybody who reaches the port.
    case api
    /// The operator's own command line; `plan` names a text that comes without a name.
    case commandLine(plan: String)
    /// The operator's configuration.
    case declared(DeclaredInstance)
}
