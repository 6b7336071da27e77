/// Why a camera could not be asked, or did not answer as it should.
package struct CameraProblem: Error, Sendable, Hashable, Codable {
    /// For programs.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// It, or what it names, is where no camera may be.
        case notAllowed = "not_allowed"
        /// No connection, or none that lasted.
        case unreachable
        /// It did not answer in time.
        case timeout
        /// It wants a user and a password, or others.
        case unauthorized
        /// It says that it cannot do what it was asked.
        case refused
        /// What it answers cannot be understood.
        case nonsense
    }

    package var kind: Kind
    /// For people; holds no credentials.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
