import Synchronization

/// How many connections there may be, and how many of them viewers, in all and from one address.
struct AdmissionLimits: Sendable, Hashable {
    /// Of all kinds. What viewers may not have is left for requests, so that an operator always gets through.
    var connections = 6000
    /// Sockets and `stream.mjpeg`.
    var viewers = 5000
    /// Viewers from one address. Not asked of this machine's own: a proxy's viewers all come from there.
    var viewersPerAddress = 500
    /// Connections from one address that are no viewers, likewise. A browser keeps six.
    var requestsPerAddress = 100
    /// Sockets that have not said yet who they are, which viewers say within a round trip: they take no viewer's place.
    var strangers = 256
    /// Those of one address, likewise.
    var strangersPerAddress = 16

    /// Descriptors for links, logs, files and one check or two at a time, whatever viewers do.
    static let reservedDescriptors = 256

    /// The limits that so many descriptors are enough for.
    ///
    /// - Parameter descriptors: of this process, at most.
    func fitting(descriptors: Int) -> AdmissionLimits {
        var limits = self
        limits.connections = max(16, min(connections, descriptors - Self.reservedDescriptors))
        // A sixth is left for requests, or what was asked for where that is more.
        limits.viewers = min(viewers, limits.connections * 5 / 6)
        return limits
    }
}

/// Who is connected, and who may be. Safe from any thread.
final class Admission: Sendable {
    /// What one connection counts as; its owner gives it back.
    struct Place: Sendable {
        fileprivate let id: UInt64
        /// Nil: this machine's own.
        fileprivate var address: String?
        fileprivate var isViewer = false
    }

    private struct State {
        var connections = 0
        var viewers = 0
        var lingering = 0
        var lastID: UInt64 = 0
        var addresses: [String: AddressCount] = [:]
        var strangers = Strangers()

        mutating func leave(_ place: Place) {
            guard let address = place.address, var count = addresses.removeValue(forKey: address) else { return }
            count.leave(place.id, isViewer: place.isViewer)
            if count.connections > 0 { addresses[address] = count }
        }
    }

    private let state = Mutex(State())
    private let allowed: Live<AdmissionLimits>

    init(_ limits: AdmissionLimits) {
        allowed = Live(limits)
    }

    /// Lower ones send nobody away who is there already.
    var limits: AdmissionLimits {
        get { allowed.value }
        set { allowed.exchange(for: newValue) }
    }

    /// Open connections.
    var connections: Int { state.withLock(\.connections) }
    /// Those of them that watch.
    var viewers: Int { state.withLock(\.viewers) }
    /// Sockets of those who have not said who they are.
    var strangers: Int { state.withLock(\.strangers.count) }

    /// A connection begins. Where its address has as many as it may, the one of them that has waited longest for a next
    /// request gives way.
    ///
    /// - Parameter address: nil for this machine's own.
    /// - Returns: nil, counting nothing, when there are too many.
    func enter(from address: String?) -> Place? {
        let (place, giveWay) = state.withLock { state -> (Place?, (@Sendable () -> Void)?) in
            guard state.connections < limits.connections else { return (nil, nil) }
            var giveWay: (@Sendable () -> Void)?
            if let address, let count = state.addresses[address], count.requests >= limits.requestsPerAddress {
                giveWay = state.addresses[address]?.sendAway()
                if giveWay == nil { return (nil, nil) }
            }
            state.lastID += 1
            state.connections += 1
            if let address { state.addresses[address, default: AddressCount()].connections += 1 }
            return (Place(id: state.lastID, address: address), giveWay)
        }
        giveWay?()
        return place
    }

    /// The connection became a socket of somebody who has not said who they are. Beyond a number the one that has had the longest
    /// time to say so gives way, first of the same address: whoever means it says it at once.
    ///
    /// - Parameter giveWay: ends it; called on any thread, at most once.
    func knock(_ place: Place, giveWay: @escaping @Sendable () -> Void) {
        let gone = state.withLock { state in
            state.strangers.come(
                place.id, from: place.address, most: limits.strangers, perAddress: limits.strangersPerAddress, giveWay)
        }
        gone?()
    }

    /// The connection becomes a viewer's.
    ///
    /// - Returns: false, changing nothing, when there are too many.
    func watch(_ place: inout Place) -> Bool {
        if place.isViewer { return true }
        let isAdmitted = state.withLock { state in
            guard state.viewers < limits.viewers else { return false }
            if let address = place.address {
                guard let count = state.addresses[address], count.viewers < limits.viewersPerAddress else {
                    return false
                }
                state.addresses[address]?.watch(place.id)
            }
            state.viewers += 1
            state.strangers.leave(place.id)
            return true
        }
        place.isViewer = isAdmitted
        return isAdmitted
    }

    /// A proxy's connection is, for the time of a request, another client's.
    ///
    /// - Parameter address: nil for nobody's, and for this machine's own.
    /// - Returns: false, changing nothing, when that one has as many as it may.
    func move(_ place: inout Place, to address: String?) -> Bool {
        guard !place.isViewer, place.address != address else { return true }
        let isAdmitted = state.withLock { state in
            if let address {
                if let count = state.addresses[address], count.requests >= limits.requestsPerAddress { return false }
                state.addresses[address, default: AddressCount()].connections += 1
            }
            state.leave(place)
            return true
        }
        if isAdmitted { place.address = address }
        return isAdmitted
    }

    /// The connection waits for its next request: it has answered some, and owes none.
    ///
    /// - Parameter giveWay: ends it, or lets a request that has come meanwhile be the last; called on any thread, at most
    ///   once.
    func rest(_ place: Place, giveWay: @escaping @Sendable () -> Void) {
        guard let address = place.address else { return }
        state.withLock { $0.addresses[address]?.rest(place.id, giveWay) }
    }

    /// Its next request has come.
    func resume(_ place: Place) {
        guard let address = place.address else { return }
        state.withLock { $0.addresses[address]?.resume(place.id) }
    }

    /// The connection has ended.
    func leave(_ place: Place) {
        state.withLock { state in
            state.connections -= 1
            if place.isViewer { state.viewers -= 1 }
            state.strangers.leave(place.id)
            state.leave(place)
        }
    }

    /// Of the connections that are refused some are closed with care: they count for nothing else, and each takes a
    /// descriptor.
    ///
    /// - Returns: whether this one may be; then `stopLingering` follows.
    func startLingering() -> Bool {
        state.withLock { state in
            guard state.lingering < Self.lingeringLimit else { return false }
            state.lingering += 1
            return true
        }
    }

    func stopLingering() { state.withLock { $0.lingering -= 1 } }

    private static let lingeringLimit = 64
}
