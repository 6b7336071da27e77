import Discovery
import NIOCore
import Plans
import Synchronization

/// Body of POST /api/vp/discover.
struct SearchRequest: Sendable, Hashable, Decodable {
    /// One camera that is asked alone; nil: all that answer.
    var address: String?
    /// The only one that is searched.
    var interface: String?
    var timeoutSeconds: Double?
    var credentials: String?
    var user: String?
    var password: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case address, interface
        case timeoutSeconds = "timeout_seconds"
        case credentials, user, password
    }

    static let keys = CodingKeys.allCases.map(\.rawValue)
}

/// Searches the network for whoever asks over the API: one search at a time, of a few seconds.
final class CameraSearch: Sendable {
    static let timeouts = 0.5...10.0
    static let timeout = 5.0

    let access: CameraAccess
    private let interfaces: @Sendable () -> [NetworkInterface]
    private let isSearching = Mutex(false)

    /// - Parameter interfaces: nil: those of this machine on whose networks cameras may be.
    init(access: CameraAccess, interfaces: (@Sendable () -> [NetworkInterface])? = nil) {
        self.access = access
        self.interfaces = interfaces ?? { NetworkSearch.interfaces(under: access.policy) }
    }

    /// - Throws: `ServiceError` `request_invalid`, `camera_not_allowed`, `credentials_unknown`, `credentials_not_allowed`, or
    ///   `too_many_requests` while another search is under way.
    func run(_ request: SearchRequest) async throws(ServiceError) -> NetworkSearch.Outcome {
        let seconds = request.timeoutSeconds ?? Self.timeout
        guard Self.timeouts.contains(seconds) else {
            throw .invalidRequest("'timeout_seconds' is a number from 0.5 to 10")
        }
        let login = CameraAccess.Login(
            credentials: request.credentials, user: request.user, password: request.password)
        var search = NetworkSearch(
            policy: access.policy, interfaces: [], limit: .nanoseconds(Int64(seconds * 1e9)),
            credentials: try access.credentials(login))
        var named: ServiceAddress?
        if let address = request.address {
            guard request.interface == nil else { throw .invalidRequest("give either 'address' or 'interface'") }
            let service = try access.service(naming: address)
            _ = try access.credentials(login, for: service)
            named = service
        } else {
            search.interfaces = interfaces().filter { request.interface == nil || $0.name == request.interface }
            guard request.interface == nil || !search.interfaces.isEmpty else {
                throw .invalidRequest(
                    "'\(request.interface?.prefix(80) ?? "")' is no interface on whose network cameras may be")
            }
        }
        try begin()
        defer { isSearching.withLock { $0 = false } }
        if let named { return await search.ask(named) }
        var outcome = await search.run()
        if search.interfaces.isEmpty {
            outcome.notes.append("there is no interface on whose network cameras may be (--camera-network)")
        }
        return outcome
    }

    private func begin() throws(ServiceError) {
        let wasSearching = isSearching.withLock { isSearching in
            defer { isSearching = true }
            return isSearching
        }
        guard !wasSearching else {
            throw ServiceError(.tooManyRequests, "another search of the network is under way; it ends within seconds")
        }
    }
}
