import Foundation
package import Logging
package import Plans

/// What `streamtap serve` can be told.
package struct ServerConfiguration: Sendable, Hashable {
    /// Address or name to listen on.
    package var host = "127.0.0.1"
    /// 0 lets the system choose.
    package var port = 8277
    /// Whoever reaches the port may do everything, users or not.
    package var allowsAnyone = false
    /// How long somebody stays signed in.
    package var access = AccessLimits()
    /// Who else says who somebody is.
    package var outsideIdentity = OutsideIdentity()
    /// Where to listen instead.
    package var listen: [ListenAddress] = []
    /// Who may connect to Unix sockets among them: the mode of their files.
    package var socketMode: UInt32 = 0o660
    /// File of the server's own certificate and those that it stands on, PEM; nil: no TLS.
    package var tlsCertificate: String?
    /// File of its key, PEM.
    package var tlsKey: String?
    /// For how long browsers that came by TLS are told to come by nothing else; nil: they are not told.
    package var strictTransportSeconds: Int?
    /// The path that everything is below, where a proxy leaves it on.
    package var basePath: BasePath?
    /// Names that this server answers to besides IP literals, localhost and the machine's own.
    package var allowedHosts: [String] = []
    /// Whose pages may show one tap in a frame of theirs, at `/embed/INSTANCE/TAP`; nobody's else.
    package var framingOrigins: [FramingOrigin] = []
    /// Origins of pages elsewhere that may show pictures and use the API as this server's own do.
    package var allowedOrigins: [String] = []
    /// Whose word is taken for who a client is, and how it came.
    package var trustedProxies: [TrustedProxy] = []
    /// Directory of NAME.plan files.
    package var plansDirectory = "pipelines"
    /// The directory that parameters of the format `path` stay inside; nil: no such parameter over the API.
    package var mediaDirectory: String?
    /// Directory of secrets, one file each; nil: the one that CREDENTIALS_DIRECTORY names.
    package var credentialsDirectory: String?
    /// Where cameras whose addresses come over the API may be; empty: anywhere but on this machine and its link.
    package var cameraNetworks: [Network] = []
    /// What cameras may be asked with over the API, each by the name of its stored secret.
    package var cameraCredentials: [StoredCredentials] = []
    /// Where instances and events are kept over a restart.
    package var state = StateLocation.none
    /// The directory that is named for that; nil: STREAMTAP_STATE and others may name one.
    package var stateDirectory: String?
    /// Whether anything is to be kept.
    package var remembersState = true
    /// Instances that may exist at a time.
    package var maxInstances = InstancePolicy().highestCount
    /// Whether the API may send a plan's text instead of naming a plan.
    package var allowsPlanText = false
    /// Connections of all kinds, at most; fewer where the system allows fewer descriptors.
    package var maxConnections = AdmissionLimits().connections
    /// Viewers among them, at most.
    package var maxViewers = AdmissionLimits().viewers
    /// Viewers from one address that is not this machine's.
    package var maxViewersPerAddress = AdmissionLimits().viewersPerAddress
    /// Connections from one such address that are no viewers.
    package var maxRequestsPerAddress = AdmissionLimits().requestsPerAddress
    /// The worker; nil: STREAMTAP_WORKER, else `streamtap-worker` beside the running executable.
    package var workerPath: String?
    /// RLIMIT_DATA of each worker, bytes; nil: what its plan comes to.
    package var workerMemory: Int?
    /// Whether workers give up what their plans do not need.
    package var sandboxesWorkers = true
    /// The least that is logged.
    package var logLevel = Logger.Level.info
    /// How it is written.
    package var logFormat = LogFormat.text

    /// What `streamtap serve` does when it is told nothing.
    package init() {}

    /// Instances that run with the server.
    package var instances: [DeclaredInstance] = []

    /// Where the configuration says that things are remembered.
    package var namedState: StateLocation { remembersState ? StateLocation(directory: stateDirectory) : .none }

    /// The worker, with what each may take.
    ///
    /// - Throws: `ServiceError` `worker_missing`.
    package func worker() throws(ServiceError) -> WorkerExecutable {
        var executable = try WorkerExecutable.located(at: workerPath)
        executable.memoryLimit = workerMemory
        executable.isSandboxed = sandboxesWorkers
        return executable
    }

    var policy: InstancePolicy {
        InstancePolicy(
            highestCount: maxInstances, allowsPlanText: allowsPlanText, mediaDirectory: mediaDirectory,
            cameras: cameras, secrets: SecretStore(directory: credentialsDirectory))
    }

    var admission: AdmissionLimits {
        AdmissionLimits(
            connections: maxConnections, viewers: maxViewers, viewersPerAddress: maxViewersPerAddress,
            requestsPerAddress: maxRequestsPerAddress)
    }

    var cameras: AddressPolicy { AddressPolicy(networks: cameraNetworks.isEmpty ? nil : cameraNetworks) }

    /// - Parameter addresses: where to listen; nil: where it says here.
    /// - Throws: `ServiceError` when something cannot be meant so.
    func validate(listeningOn addresses: [ListenAddress]? = nil) throws(ServiceError) {
        guard (0...65535).contains(port) else { throw .configuration("\(port) is no port") }
        for origin in allowedOrigins where HostRules.origin(origin) != origin.lowercased() {
            throw .configuration("\(origin) is no origin; one is http://NAME or https://NAME:PORT, without a path")
        }
        guard maxConnections > 0, maxRequestsPerAddress > 0, maxViewers >= 0, maxViewersPerAddress >= 0 else {
            throw .configuration(
                "a limit to connections is a whole number above 0, one to viewers a whole number not below 0")
        }
        guard maxInstances > 0 else { throw .configuration("a limit to instances is a whole number above 0") }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw .configuration("TLS takes both --tls-certificate and --tls-key")
        }
        try validate(addresses ?? self.addresses)
    }

    /// What of it is for a proxy in front; nil: nothing.
    var proxySign: String? {
        if !trustedProxies.isEmpty { return "--trusted-proxy" }
        if !allowedHosts.isEmpty { return "--allow-host" }
        return basePath == nil ? nil : "--base-path"
    }

    /// Where to listen, but for what systemd hands over.
    var addresses: [ListenAddress] { listen.isEmpty ? [ListenAddress(host: host, port: port)] : listen }

    /// Whether somebody has said another host or port than the one that there is without being told.
    var namesOneAddress: Bool {
        let standard = ServerConfiguration()
        return (host, port) != (standard.host, standard.port)
    }

    /// - Throws: `ServiceError` when one of them cannot be as it should.
    private func validate(_ addresses: [ListenAddress]) throws(ServiceError) {
        for address in addresses {
            guard tlsCertificate != nil || address.isSecure != true else {
                throw .configuration("listening on \(address) takes --tls-certificate and --tls-key")
            }
        }
        guard tlsCertificate == nil || addresses.contains(where: { $0.isSecure ?? !$0.isUnix }) else {
            throw .configuration("there is a TLS certificate, and no address that would be https")
        }
    }

    /// Those of the directories that are not there; they may come later, as a mounted one does.
    var missingDirectories: [String] {
        [plansDirectory, mediaDirectory, credentialsDirectory].compactMap(\.self).filter { path in
            var isDirectory = false
            return !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) || !isDirectory
        }
    }
}

extension ServiceError {
    static func configuration(_ message: String) -> Self {
        Self(.configuration, message)
    }
}
