/// `{"events":[…]}`: what has happened.
public struct EventsAnswer: Sendable, Decodable {
    /// One thing that has happened.
    public struct Event: Sendable, Decodable {
        /// Rises from one to the next.
        public var id: Int64
        /// RFC 3339.
        public var at: String
        /// Nil: the server itself.
        public var instance: String?
        /// `state`, `created`, …
        public var kind: String
        /// Of the kind `state`.
        public var state: String?
        /// Why, for programs.
        public var reason: String?
        /// For people.
        public var message: String?
    }

    /// Oldest first.
    public var events: [Event]
}
