import Foundation

extension Caller {
    /// The one place where it is decided who may do what: every route and every message of a socket asks here.
    ///
    /// - Returns: how what is asked for may be watched.
    /// - Throws: `ServiceError` `unauthenticated` or `forbidden`. Of what they may not know of, that it is unknown, as of what is
    ///   not there.
    @discardableResult
    func allow(_ action: Action, at now: Date = Date()) throws(ServiceError) -> ViewLimits {
        if action == .open { return .none }
        switch self {
        case .known(let identity): return try identity.rights.allow(action, at: now)
        case .nobody, .signed: throw .unauthenticated
        case .refused: throw .badToken
        case .throughProxy: throw .unknownProxy
        }
    }
}

extension Rights {
    fileprivate func allow(_ action: Action, at now: Date) throws(ServiceError) -> ViewLimits {
        switch action {
        case .open, .list:
            return .none
        case .inspect(let instance):
            guard sees(instance: instance) else { throw .unknownInstance(instance) }
            return .none
        case .view(let instance, let tap):
            guard sees(instance: instance) else { throw .unknownInstance(instance) }
            guard sees(instance: instance, tap: tap) else { throw .unknownTap(tap, instance: instance) }
            guard let limits = limits(instance: instance, tap: tap, at: now) else { throw .notNow(instance, tap) }
            return limits
        case .measure:
            guard metrics || has(.operator) else { throw .forbidden(.operator) }
            return .none
        case .read, .operate:
            guard has(.operator) else { throw .forbidden(.operator) }
            return .none
        case .administer:
            guard has(.admin) else { throw .forbidden(.admin) }
            return .none
        }
    }

    private func has(_ needed: Role) -> Bool { role.map { $0 >= needed } ?? false }
}
