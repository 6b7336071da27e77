import Foundation
import NIOCore
package import Plans

/// What `streamtap serve` can be told.
package struct ServerConfiguration: Sendable, Hashable {
    /// Address or name to listen on.
    package var host = "127.0.0.1"
    /// 0 lets the system choose.
    package var port = 8277
    /// Listening beyond loopback takes this word: whoever reaches the port sees every camera.
    package var allowRemote = false
    /// Names that this server answers to besides IP literals, localhost and the machine's own.
    package var allowedHosts: [String] = []
    /// Whose pages may show one tap in a frame of theirs, at `/embed/INSTANCE/TAP`; nobody's else.
    package var framingOrigins: [FramingOrigin] = []
    /// Origins of pages elsewhere that may show pictures and use the API as this server's own do.
    package var allowedOrigins: [String] = []
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

    /// What `streamtap serve` does when it is told nothing.
    package init() {}

    var admission: AdmissionLimits {
        AdmissionLimits(
            connections: maxConnections, viewers: maxViewers, viewersPerAddress: maxViewersPerAddress,
            requestsPerAddress: maxRequestsPerAddress)
    }

    var cameras: AddressPolicy { AddressPolicy(networks: cameraNetworks.isEmpty ? nil : cameraNetworks) }

    /// - Throws: `ServiceError` when the server would be open to others without anybody having said so.
    func validate() throws(ServiceError) {
        guard (0...65535).contains(port) else { throw .configuration("\(port) is no port") }
        for origin in allowedOrigins where HostRules.origin(origin) != origin.lowercased() {
            throw .configuration("\(origin) is no origin; one is http://NAME or https://NAME:PORT, without a path")
        }
        guard maxConnections > 0, maxRequestsPerAddress > 0, maxViewers >= 0, maxViewersPerAddress >= 0 else {
            throw .configuration(
                "a limit to connections is a whole number above 0, one to viewers a whole number not below 0")
        }
        guard maxInstances > 0 else { throw .configuration("a limit to instances is a whole number above 0") }
        guard allowRemote || Self.isLoopback(host) else {
            throw .configuration(
                "listening on \(host) shows every camera to whoever reaches this machine; --allow-remote does so")
        }
    }

    /// Those of the directories that are not there; they may come later, as a mounted one does.
    var missingDirectories: [String] {
        [plansDirectory, mediaDirectory, credentialsDirectory].compactMap(\.self).filter { path in
            var isDirectory = false
            return !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) || !isDirectory
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        guard case .v4 = try? SocketAddress(ipAddress: host, port: 0) else { return false }
        return host.hasPrefix("127.")
    }
}

extension ServiceError {
    static func configuration(_ message: String) -> Self {
        Self(.configuration, message)
    }
}
