package import Foundation

/// The same as over the API, for `streamtap user` and `streamtap token`.
extension Accounts {
    /// Those that a state directory holds.
    ///
    /// - Throws: `ServiceError` `configuration` when it cannot be used.
    package init(in directory: String) async throws(ServiceError) {
        try await self.init(AccessBook(), store: AccessStore(in: directory))
    }

    /// By name.
    package var users: [UserRecord] { book.records.users }

    /// By name.
    package var tokens: [TokenRecord] { book.records.tokens }

    /// - Returns: what programs are to show; nobody can be told again.
    /// - Throws: `ServiceError` `token_exists`, `token_invalid`, `user_invalid` while there is no admin.
    package func makeToken(_ name: String, _ rights: Rights, expires: Date?) async throws -> String {
        try await addToken(name, rights, expires: expires.flatMap(Instant.microseconds)).1.text
    }
}

extension ViewRight {
    /// For people: `yard-*/live (640 wide, 5 a second, 07:00-19:30)`.
    package var words: String {
        let limits = [
            maxWidth.map { "\($0) wide" }, maxHeight.map { "\($0) high" }, maxFPS.map { "\($0.formatted()) a second" },
            hours.map(\.description),
        ].compactMap(\.self)
        return taps.description + (limits.isEmpty ? "" : " (\(limits.joined(separator: ", ")))")
    }
}

extension TokenRecord {
    /// For people: `3  hall  view door/live  until 2027-01-31…, never used`.
    package var words: String {
        let what =
            (rights.role.map { $0 == .viewer ? [] : [$0.rawValue] } ?? []) + (rights.metrics ? ["metrics"] : [])
            + rights.views.map { "view \($0.words)" }
        return "\(id)  \(name)  \(what.joined(separator: ", "))  "
            + (expires.map { "until \(Instant.text($0)), " } ?? "")
            + (seen.map { "used \(Instant.text($0))" } ?? "never used")
    }
}
