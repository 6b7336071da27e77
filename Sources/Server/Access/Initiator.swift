/// Who has asked for what is being done, for the log and the events: known in the whole task of a request.
///
/// What becomes of an instance afterwards is nobody's doing: those events have no name.
enum Initiator {
    /// A user's name, `token NAME`, `signed NAME` by an identity provider, `open` where nobody has to say who they are, `configuration`, `command line`; nil: nobody.
    @TaskLocal static var name: String?

    /// Where whoever comes may do everything.
    static let open = "open"
    /// The operator's configuration, at a reload.
    static let configuration = "configuration"
    /// `streamtap run`.
    static let commandLine = "command line"
}

extension Identity {
    /// For the log and the events. What a provider calls people may be any text: it is told apart.
    var initiator: String {
        if case .signed(let subject, _) = kind { return "signed \(subject)" }
        return name ?? Initiator.open
    }
}
