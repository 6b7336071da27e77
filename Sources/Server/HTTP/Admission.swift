import Synchronization

/// How many connections there may be, and how many of them viewers, in all and from one address.
struct AdmissionLimits: Sendable, Hashable {
    /// Of all kinds. What viewers may not have is left for requests, so that an operator always gets through.
    var connections = 6000
    /// Sockets and `stream.mjpeg`.
    var viewers = 5000
    /// Viewers from one address. Not asked of this machine's own: a proxy's viewers all come from there.
    var viewersPerAddress = 500

    /// Connections from one address that are no viewers: a browser has six.
    static let requestsPerAddress = 100
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
        /// Nil: this machine's own.
        fileprivate var address: String?
        fileprivate var isViewer = false
    }

    private struct Count {
        var connections = 0
        var viewers = 0
    }

    private struct State {
        var all = Count()
        var addresses: [String: Count] = [:]
    }

    let limits: AdmissionLimits
    private let state = Mutex(State())

    init(_ limits: AdmissionLimits) {
        self.limits = limits
    }

    /// Open connections.
    var connections: Int { state.withLock(\.all.connections) }
    /// Those of them that watch.
    var viewers: Int { state.withLock(\.all.viewers) }

    /// A connection begins.
    ///
    /// - Parameter address: nil for this machine's own.
    /// - Returns: nil, counting nothing, when there are too many.
    func enter(from address: String?) -> Place? {
        state.withLock { state in
            guard state.all.connections < limits.connections else { return nil }
            if let address {
                let count = state.addresses[address, default: Count()]
                guard count.connections - count.viewers < AdmissionLimits.requestsPerAddress else { return nil }
                state.addresses[address, default: Count()].connections += 1
            }
            state.all.connections += 1
            return Place(address: address)
        }
    }

    /// The connection becomes a viewer's.
    ///
    /// - Returns: false, changing nothing, when there are too many.
    func watch(_ place: inout Place) -> Bool {
        if place.isViewer { return true }
        let isAdmitted = state.withLock { state in
            guard state.all.viewers < limits.viewers else { return false }
            if let address = place.address {
                guard state.addresses[address, default: Count()].viewers < limits.viewersPerAddress else {
                    return false
                }
                state.addresses[address]?.viewers += 1
            }
            state.all.viewers += 1
            return true
        }
        place.isViewer = isAdmitted
        return isAdmitted
    }

    /// The connection has ended.
    func leave(_ place: Place) {
        state.withLock { state in
            state.all.connections -= 1
            if place.isViewer { state.all.viewers -= 1 }
            guard let address = place.address, var count = state.addresses[address] else { return }
            count.connections -= 1
            if place.isViewer { count.viewers -= 1 }
            state.addresses[address] = count.connections > 0 ? count : nil
        }
    }
}
