package import Plans

/// Which cameras may be asked over the API as whom, with a stored secret for a password.
///
/// The operator says where a secret goes: whoever reaches the API could otherwise have it sent to a host of their own, and even what
/// is made of it for a camera can be tried against lists of passwords.
package struct StoredCredentials: Sendable, Hashable {
    /// The secret's name, which is these credentials'.
    package var name: String
    package var user: String
    package var network: Network

    /// Reads `front-door=admin@10.0.5.0/24`; nil for what is none.
    package init?(_ text: String) {
        guard let equals = text.firstIndex(of: "="), let at = text.lastIndex(of: "@"), equals < at,
            let network = Network(text[text.index(after: at)...])
        else { return nil }
        name = String(text[..<equals])
        user = String(text[text.index(after: equals)..<at])
        self.network = network
        guard PlanName.isValid(name), !user.isEmpty else { return nil }
    }

    /// As it is read.
    var words: String { "\(name)=\(user)@\(network)" }
}
