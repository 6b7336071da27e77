import Foundation
import Synchronization

/// Who may come in, at hand: asked with each request on whichever thread it is on, without a wait.
///
/// Whoever holds something open has a lease; it is taken back when what was shown for it is no longer true.
final class AccessBook: Sendable {
    /// Something that is open by somebody's leave.
    struct Lease: Sendable {
        fileprivate let id: UInt64
    }

    private struct Open {
        var identity: Identity
        var end: @Sendable () -> Void
    }

    private struct State {
        var records = AccessRecords()
        /// Places in `records`.
        var users: [String: Int] = [:]
        var sessions: [OpaqueSecret.Digest: Int] = [:]
        var tokens: [OpaqueSecret.Digest: Int] = [:]
        /// Used since that was kept; Unix microseconds.
        var seenSessions: [Int64: Int64] = [:]
        var seenTokens: [Int64: Int64] = [:]
        var open: [UInt64: Open] = [:]
        var lastLease: UInt64 = 0
        var sessionIDs: Set<Int64> = []
        var tokenRights: [Int64: Rights] = [:]
        /// Of the keys that others sign with: what was signed with those before is good no more.
        var signedGeneration = 0
        var isStale = false
    }

    /// Whether whoever comes may do everything: because somebody said so, and not only while there are no users.
    let allowsAnyone: Bool
    /// Whether everybody may do everything as long as there are no users: only this machine can come, and nobody else says who
    /// somebody is.
    let isLocal: Bool
    /// What those may do whom a trusted proxy names and who are no users here; nil: they are not let in.
    private let newcomers: Role?
    private let limits: AccessLimits
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    init(
        allowsAnyone: Bool = false, isLocal: Bool = true, newcomers: Role? = nil, limits: AccessLimits = AccessLimits(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.allowsAnyone = allowsAnyone
        self.isLocal = isLocal
        self.newcomers = newcomers
        self.limits = limits
        self.now = now
    }

    // MARK: What is known

    var records: AccessRecords { state.withLock(\.records) }

    /// Whether anybody may do everything just now.
    var isOpen: Bool { allowsAnyone || isLocal && state.withLock { $0.users.isEmpty && $0.tokens.isEmpty } }

    /// Whether there may be more than is known here: it could not be read.
    var isStale: Bool {
        get { state.withLock(\.isStale) }
        set { state.withLock { $0.isStale = newValue } }
    }

    var signedGeneration: Int { state.withLock(\.signedGeneration) }

    /// Others sign with other keys now.
    func forgetSigned() {
        state.withLock { $0.signedGeneration += 1 }
        review()
    }

    /// Whether what was said of somebody is still so.
    func isGood(_ identity: Identity) -> Bool {
        let isOpen = isOpen
        return state.withLock { isGood(identity, $0, isOpen) }
    }

    /// What there is now. Leases that are no longer good are taken back.
    func replace(_ records: AccessRecords) {
        state.withLock { state in
            state.records = records
            state.users = Self.places(records.users.map(\.name))
            state.sessions = Self.places(records.sessions.map(\.digest))
            state.tokens = Self.places(records.tokens.map(\.digest))
            state.sessionIDs = Set(records.sessions.map(\.id))
            state.tokenRights = Dictionary(
                records.tokens.map { ($0.id, $0.rights) }, uniquingKeysWith: { first, _ in first })
            state.isStale = false
        }
        review()
    }

    private static func places<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
        Dictionary(keys.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Who asks

    /// Of a browser's cookie; nil: it is unknown or over.
    func identity(session secret: some StringProtocol) -> Identity? {
        let digest = OpaqueSecret.Digest(of: secret)
        return state.withLock { state in
            guard let place = state.sessions[digest] else { return nil }
            let session = state.records.sessions[place]
            guard let identity = identity(of: session, state) else { return nil }
            state.seenSessions[session.id] = microseconds
            return identity
        }
    }

    /// Of a program's token; nil: it is unknown or over.
    func identity(token secret: some StringProtocol) -> Identity? {
        let digest = OpaqueSecret.Digest(of: secret)
        return state.withLock { state in
            guard let place = state.tokens[digest] else { return nil }
            let token = state.records.tokens[place]
            guard let identity = identity(of: token) else { return nil }
            state.seenTokens[token.id] = microseconds
            return identity
        }
    }

    /// Of somebody whom a trusted proxy has named; nil: they are no user here, and nobody else is let in.
    func identity(proxied said: String) -> Identity? {
        guard let name = UserRecord.name(said), let rights = state.withLock({ rights(proxied: name, $0) }) else {
            return nil
        }
        return Identity(kind: .proxied(user: name), rights: rights)
    }

    private func rights(proxied name: String, _ state: State) -> Rights? {
        state.users[name].map { state.records.users[$0].rights }
            ?? newcomers.map { Rights(role: $0, views: ViewRight.everything) }
    }

    private var microseconds: Int64 { Int64(now().timeIntervalSince1970 * 1_000_000) }

    private func identity(of session: SessionRecord, _ state: State) -> Identity? {
        guard let place = state.users[session.user] else { return nil }
        let seen = max(session.seen, state.seenSessions[session.id] ?? 0)
        let end = min(seen + limits.idle, session.created + limits.absolute)
        guard microseconds < end else { return nil }
        return Identity(
            kind: .session(user: session.user, id: session.id), rights: state.records.users[place].rights,
            until: Date(timeIntervalSince1970: Double(session.created + limits.absolute) / 1_000_000))
    }

    private func identity(of token: TokenRecord) -> Identity? {
        guard microseconds < token.expires ?? .max else { return nil }
        return Identity(
            kind: .token(name: token.name, id: token.id), rights: token.rights,
            until: token.expires.map { Date(timeIntervalSince1970: Double($0) / 1_000_000) })
    }

    // MARK: What is open

    /// Something stays open for somebody.
    ///
    /// - Parameters:
    ///   - until: when it ends in any case, as by the hours in which a tap may be watched.
    ///   - end: called once, on any thread, when it may stay no longer; never after `giveBack`, but for a call under way.
    func lease(_ identity: Identity, until: Date? = nil, end: @escaping @Sendable () -> Void) -> Lease {
        var identity = identity
        identity.until = [identity.until, until].compactMap(\.self).min()
        let isOpen = isOpen
        let (lease, isGood) = state.withLock { state -> (Lease, Bool) in
            state.lastLease += 1
            // It may have been taken back since it was asked for.
            let isGood = self.isGood(identity, state, isOpen)
            if isGood { state.open[state.lastLease] = Open(identity: identity, end: end) }
            return (Lease(id: state.lastLease), isGood)
        }
        if !isGood { end() }
        return lease
    }

    /// It is closed.
    func giveBack(_ lease: Lease) { _ = state.withLock { $0.open.removeValue(forKey: lease.id) } }

    /// Takes back what is no longer good: called when something has changed, and each half second for what the time ends.
    func review() {
        let isOpen = isOpen
        let over = state.withLock { state -> [@Sendable () -> Void] in
            var over: [@Sendable () -> Void] = []
            for (id, open) in state.open where !isGood(open.identity, state, isOpen) {
                state.open[id] = nil
                over.append(open.end)
            }
            return over
        }
        for end in over { end() }
    }

    private func isGood(_ identity: Identity, _ state: State, _ isOpen: Bool) -> Bool {
        guard identity.until.map({ now() < $0 }) ?? true else { return false }
        switch identity.kind {
        case .anyone: return isOpen
        case .signed(_, let generation): return generation == state.signedGeneration
        case .proxied(let user): return rights(proxied: user, state) == identity.rights
        case .session(let user, let id):
            guard let place = state.users[user], state.records.users[place].rights == identity.rights else {
                return false
            }
            return state.sessionIDs.contains(id)
        case .token(_, let id):
            return state.tokenRights[id] == identity.rights
        }
    }

    // MARK: What is to be kept

    /// Sessions that are over by the time; they are not looked at again.
    var overdue: [Int64] {
        state.withLock { state in
            state.records.sessions.filter { identity(of: $0, state) == nil }.map(\.id)
        }
    }

    /// What was used since this was asked last, by number; Unix microseconds. What is open is in use.
    func takeSeen() -> (sessions: [Int64: Int64], tokens: [Int64: Int64]) {
        let now = microseconds
        return state.withLock { state in
            for open in state.open.values {
                if case .session(_, let id) = open.identity.kind { state.seenSessions[id] = now }
                if case .token(_, let id) = open.identity.kind { state.seenTokens[id] = now }
            }
            defer { (state.seenSessions, state.seenTokens) = ([:], [:]) }
            for place in state.records.sessions.indices {
                if let time = state.seenSessions[state.records.sessions[place].id] {
                    state.records.sessions[place].seen = time
                }
            }
            for place in state.records.tokens.indices {
                if let time = state.seenTokens[state.records.tokens[place].id] {
                    state.records.tokens[place].seen = time
                }
            }
            return (state.seenSessions, state.seenTokens)
        }
    }
}
