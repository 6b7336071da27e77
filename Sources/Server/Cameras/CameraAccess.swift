import Discovery
import Plans

/// Which cameras of the network are asked over the API, and with what.
struct CameraAccess: Sendable {
    private struct Rules: Sendable {
        var policy: AddressPolicy
        var credentials: [StoredCredentials]
    }

    private let rules: Live<Rules>
    private let secrets: SecretStore

    init(
        policy: AddressPolicy = AddressPolicy(), credentials: [StoredCredentials] = [],
        secrets: SecretStore = SecretStore()
    ) {
        rules = Live(Rules(policy: policy, credentials: credentials))
        self.secrets = secrets
    }

    var policy: AddressPolicy { rules.value.policy }
    private var credentials: [StoredCredentials] { rules.value.credentials }

    /// From now on, for all who have this.
    func change(policy: AddressPolicy, credentials: [StoredCredentials]) {
        rules.exchange(for: Rules(policy: policy, credentials: credentials))
    }

    /// As whom somebody wants a camera to be asked.
    struct Login: Sendable, Hashable {
        /// The name of stored credentials.
        var credentials: String?
        var user: String?
        var password: String?
    }

    /// What each camera is asked with, by its address.
    ///
    /// - Throws: `ServiceError` `request_invalid` or `credentials_unknown`.
    func credentials(
        _ login: Login
    ) throws(ServiceError) -> @Sendable (NetworkAddress) -> CameraCredentials? {
        guard let name = login.credentials else {
            guard let user = login.user else {
                guard login.password == nil else { throw .invalidRequest("a 'password' is a user's: give 'user' too") }
                return { _ in nil }
            }
            let given = CameraCredentials(user: user, password: login.password ?? "")
            return { _ in given }
        }
        guard login.user == nil, login.password == nil else {
            throw .invalidRequest("give either 'credentials' or 'user' and 'password'")
        }
        let known = credentials.filter { $0.name == name }
        guard !known.isEmpty else {
            throw ServiceError(
                .credentialsUnknown,
                "no credentials are named '\(name.prefix(80))'; --camera-credentials NAME=USER@NETWORK does")
        }
        let password: String
        do throws(SecretStore.Problem) {
            password = try secrets.value(of: name)
        } catch {
            throw ServiceError(.credentialsUnknown, error.message)
        }
        return { address in
            known.first { $0.network.contains(address) }.map { CameraCredentials(user: $0.user, password: password) }
        }
    }

    /// What one camera is asked with.
    ///
    /// - Throws: `ServiceError` `credentials_not_allowed` where they are not for it, or as above.
    func credentials(_ login: Login, for camera: ServiceAddress) throws(ServiceError) -> CameraCredentials? {
        let found = try credentials(login)(camera.host)
        guard found != nil || login.credentials == nil else {
            throw ServiceError(
                .credentialsNotAllowed,
                "the stored credentials '\(login.credentials ?? "")' are not for \(camera.host) (--camera-credentials)")
        }
        return found
    }

    /// The service of a camera that somebody names.
    ///
    /// - Throws: `ServiceError` `request_invalid` or `camera_not_allowed`.
    func service(naming text: String) throws(ServiceError) -> ServiceAddress {
        guard let address = ServiceAddress(naming: text) else {
            throw .invalidRequest(
                "'address' is an IP address, with a port if need be, or that of a service: http://10.0.0.5/onvif/…")
        }
        return try allowed(address)
    }

    /// - Throws: `ServiceError` `camera_not_allowed`.
    func allowed(_ address: ServiceAddress) throws(ServiceError) -> ServiceAddress {
        guard policy.admits(address.host) else {
            throw ServiceError(
                .cameraNotAllowed, "\(address.host) is no address that a camera may have here (--camera-network)")
        }
        return address
    }
}

extension ServiceError {
    init(_ problem: CameraProblem) {
        let code: Code =
            switch problem.kind {
            case .notAllowed: .cameraNotAllowed
            case .unauthorized: .cameraUnauthorized
            case .timeout: .cameraLate
            case .unreachable, .refused, .nonsense: .cameraFailed
            }
        self.init(code, "the camera cannot be asked: \(problem.message)")
    }
}
