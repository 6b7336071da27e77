/// What an instance's workers have learnt of its sources, and the next one is told: cameras have habits that show only with time.
package struct SourceExperience: Hashable, Sendable, Codable {
    /// `SourceRhythm.survived` of outlets, by node id: seconds.
    package var survived: [String: Double]
    /// How sources take questions whether they are there, by node id.
    package var keepAlive: [String: KeepAlive]

    /// Nothing is known.
    package init(survived: [String: Double] = [:], keepAlive: [String: KeepAlive] = [:]) {
        self.survived = survived
        self.keepAlive = keepAlive
    }

    /// More sources than a plan has; and longer names than they have, in bytes. What a worker says goes to the next one in a message.
    private static let limits = (sources: 256, name: 128)

    /// Takes in what another worker has found.
    package mutating func merge(_ other: SourceExperience) {
        for (name, seconds) in other.survived where Self.hasRoom(for: name, in: survived) {
            survived[name] = max(survived[name] ?? 0, seconds)
        }
        for (name, way) in other.keepAlive where Self.hasRoom(for: name, in: keepAlive) { keepAlive[name] = way }
    }

    private static func hasRoom<Value>(for name: String, in known: [String: Value]) -> Bool {
        known[name] != nil || known.count < limits.sources && name.utf8.count <= limits.name
    }
}

/// How an RTSP server is asked whether the session goes on, so that it does.
package enum KeepAlive: String, Hashable, Sendable, Codable, CaseIterable {
    /// GET_PARAMETER without a body, as RFC 2326 10.8 says.
    case parameter
    /// OPTIONS: it does not take the other.
    case options
    /// It takes neither, and closes the connection when it is asked.
    case none

    /// What is tried when this has failed.
    package var next: KeepAlive { self == .parameter ? .options : .none }
}

extension Progress {
    /// What the next worker is told.
    package var experience: SourceExperience {
        let survived = sources.compactMap { source in source.rhythm.survived.map { (source.node, $0) } }
        return SourceExperience(
            survived: Dictionary(survived, uniquingKeysWith: { max($0, $1) }), keepAlive: keepAlive)
    }
}
