import ArgumentParser
import Discovery
import Foundation
import NIOCore
import Plans
import Server

struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Find cameras on the network, by ONVIF, and the addresses of their streams.",
        discussion: """
            EXAMPLES:
              streamtap discover
              streamtap discover --interface eth1 --timeout 10 --json
              streamtap discover --user admin --secret front-door --credentials /etc/streamtap/secrets
              streamtap discover 10.0.5.20:8000
            """)

    @Argument(
        help: ArgumentHelp("Ask this camera alone: its IP address, and its port if need be.", valueName: "address"))
    var camera: String?

    @Option(help: ArgumentHelp("Search this network only, for example eth0. May be repeated.", valueName: "name"))
    var interface: [String] = []

    @Option(help: ArgumentHelp("All of it takes so long, 0.5 to 60.", valueName: "seconds"))
    var timeout = 5.0

    @Option(help: "The user that cameras are asked as; their streams are told to nobody else by most of them.")
    var user: String?

    @Option(help: ArgumentHelp("The stored secret that is this user's password.", valueName: "name"))
    var secret: String?

    @Option(
        help: ArgumentHelp(
            "Directory of secrets, one file each; otherwise systemd's credentials (CREDENTIALS_DIRECTORY), or the environment: "
                + "STREAMTAP_SECRET_NAME.", valueName: "directory"))
    var credentials: String?

    @Option(
        name: .customLong("camera-network"),
        help: ArgumentHelp(
            "Only cameras that are here, for example 10.0.5.0/24. May be repeated. Without it: anywhere but on this machine "
                + "and its link.", valueName: "network"),
        transform: network)
    var cameraNetworks: [Network] = []

    @Flag(help: "Print JSON for programs.")
    var json = false

    func validate() throws {
        guard (0.5...60).contains(timeout) else { throw ValidationError("a timeout is a number from 0.5 to 60") }
        guard secret == nil || user != nil else { throw ValidationError("--secret is a user's: give --user too") }
        guard camera == nil || interface.isEmpty else {
            throw ValidationError("a camera that is named is asked by whichever way leads there: leave --interface out")
        }
    }

    func run() async throws {
        let policy = AddressPolicy(networks: cameraNetworks.isEmpty ? nil : cameraNetworks)
        let login = try login()
        var search = NetworkSearch(
            policy: policy, interfaces: [], limit: .nanoseconds(Int64(timeout * 1e9)), credentials: { _ in login })
        let outcome: NetworkSearch.Outcome
        if let camera {
            guard let address = ServiceAddress(naming: camera) else {
                throw ValidationError("'\(camera)' is no IP address such as 10.0.5.20 or 10.0.5.20:8000")
            }
            outcome = await search.ask(address)
        } else {
            search.interfaces = try ways(policy)
            outcome = await search.run()
        }
        if json { return try printJSON(outcome) }
        try StandardOutput.write(CameraTable(outcome).text)
        for note in outcome.notes { StandardError.write("streamtap: \(note)\n") }
    }

    private func login() throws -> CameraCredentials? {
        guard let user else { return nil }
        guard let secret else { return CameraCredentials(user: user, password: "") }
        do throws(ServiceError) {
            return CameraCredentials(user: user, password: try SecretStore(directory: credentials).password(of: secret))
        } catch {
            throw Complaint(error.message)
        }
    }

    private func ways(_ policy: AddressPolicy) throws -> [NetworkInterface] {
        let all = NetworkInterface.all()
        guard !interface.isEmpty else { return NetworkSearch.interfaces(under: policy) }
        for name in interface where !all.contains(where: { $0.name == name }) {
            let known = Set(all.map(\.name)).sorted().joined(separator: ", ")
            throw ValidationError("there is no interface '\(name)' with an IPv4 address; there are \(known)")
        }
        return all.filter { interface.contains($0.name) }
    }
}

/// Cameras as people read them.
struct CameraTable {
    let text: String

    init(_ outcome: NetworkSearch.Outcome) {
        guard !outcome.cameras.isEmpty else {
            let ways = outcome.interfaces.isEmpty ? "" : " by \(outcome.interfaces.joined(separator: ", "))"
            text = "No camera answered\(ways).\n"
            return
        }
        text = outcome.cameras.map(Self.text).joined(separator: "\n")
    }

    private static func text(_ camera: NetworkCamera) -> String {
        let maker = [camera.manufacturer, camera.model ?? camera.hardware].compactMap(\.self).joined(separator: " ")
        var text = [camera.host, camera.name, maker.isEmpty ? nil : maker, camera.location].compactMap(\.self)
            .joined(separator: "  ")
        text += "\n    service  \(camera.address)\n"
        if let offset = camera.clockOffsetSeconds, abs(offset) > 5 {
            text += "    its clock is \(abs(offset).formatted()) s \(offset > 0 ? "ahead" : "behind")\n"
        }
        for profile in camera.profiles {
            let size = profile.width.flatMap { width in profile.height.map { "\(width)x\($0)" } }
            let rate = profile.fps.map { "\($0.formatted()) fps" }
            let facts = [profile.encoding, size, rate, profile.ptz ? "moves" : nil].compactMap(\.self)
            text += "    \(([profile.name] + facts).joined(separator: ", "))\n"
            if let stream = profile.stream { text += "        stream    \(stream)\n" }
            if let snapshot = profile.snapshot { text += "        snapshot  \(snapshot)\n" }
            if let problem = profile.problem { text += "        no stream: \(problem.message)\n" }
        }
        if let problem = camera.problem { text += "    \(problem.message)\n" }
        return text
    }
}

private func network(_ word: String) throws -> Network {
    guard let network = Network(word) else {
        throw ValidationError("'\(word)' is no network such as 10.0.5.0/24 or fd00::/8")
    }
    return network
}
