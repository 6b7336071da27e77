/// An instance that the operator's configuration declares.
package struct DeclaredInstance: Sendable, Hashable {
    /// Of the configuration file.
    static let section = "instances"

    /// Its name.
    package var id: String
    /// A plan of the plans directory.
    package var plan: String
    /// As they are written; the plan says of which types they are.
    package var parameters: [String: String] = [:]
    /// Parameter → name of the stored secret that is its value.
    package var secrets: [String: String] = [:]
    /// Where it is declared, for people.
    package var place: String

    package init(id: String, plan: String, place: String) {
        self.id = id
        self.plan = plan
        self.place = place
    }
}
