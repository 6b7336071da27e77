import ArgumentParser
import Plans
import Server

/// What `serve` and `run` have in common.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address to listen on. Any but a loopback address needs --allow-remote.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes any free one.")
    var port = 8277

    @Option(help: ArgumentHelp("Directory of NAME.plan files.", valueName: "directory"))
    var plans = "pipelines"

    @Option(help: ArgumentHelp("Directory of the files that plans may play over the API.", valueName: "directory"))
    var media: String?

    @Option(
        help: ArgumentHelp(
            "Directory of secrets, one file each; otherwise the one that CREDENTIALS_DIRECTORY names. A secret that is "
                + "not there is looked for in the environment: STREAMTAP_SECRET_NAME.", valueName: "directory"))
    var credentials: String?

    @Option(
        name: .customLong("camera-network"),
        help: ArgumentHelp(
            "Addresses over the API lead only here, for example 10.0.5.0/24. May be repeated. Without it: anywhere but "
                + "to this machine and its link.", valueName: "network"),
        transform: network)
    var cameraNetworks: [Network] = []

    @Option(
        name: .customLong("camera-credentials"),
        help: ArgumentHelp(
            "Cameras in a network may be asked over the API as USER with the stored secret NAME, for example "
                + "front-door=admin@10.0.5.0/24. May be repeated.", valueName: "name=user@network"),
        transform: storedCredentials)
    var cameraCredentials: [StoredCredentials] = []

    @Option(
        name: .customLong("allow-host"),
        help: ArgumentHelp("A further name that browsers may call this server by. May be repeated.", valueName: "name"))
    var allowedHosts: [String] = []

    @Option(
        name: .customLong("allow-framing"),
        help: ArgumentHelp(
            "Pages of this origin, for example https://house.example, may show /embed/INSTANCE/TAP in a frame. May be repeated.",
            valueName: "origin"),
        transform: framingOrigin)
    var framingOrigins: [FramingOrigin] = []

    @Option(
        name: .customLong("allow-origin"),
        help: ArgumentHelp(
            "Pages of this origin, https://portal.example, may show pictures and use the API. May be repeated.",
            valueName: "origin"))
    var allowedOrigins: [String] = []

    @Flag(
        name: .customLong("allow-remote"),
        help: "Let other machines in. Whoever reaches the port may watch, start, stop and move cameras.")
    var allowsRemote = false

    @Flag(
        name: .customLong("allow-plan-text"),
        help: "Let the API send whole plans, not only names of plans in the directory.")
    var allowsPlanText = false

    @Option(help: ArgumentHelp("Instances that may exist at a time.", valueName: "count"))
    var maxInstances = ServerConfiguration().maxInstances

    @Option(help: ArgumentHelp("Connections of all kinds, at most.", valueName: "count"))
    var maxConnections = ServerConfiguration().maxConnections

    @Option(help: ArgumentHelp("Viewers among them, at most: the rest is left for requests.", valueName: "count"))
    var maxViewers = ServerConfiguration().maxViewers

    @Option(
        help: ArgumentHelp(
            "Viewers from one address, at most; this machine's own, where proxies are, may have more.",
            valueName: "count"))
    var maxViewersPerAddress = ServerConfiguration().maxViewersPerAddress

    @Option(
        help: ArgumentHelp(
            "Connections from one address that are no viewers, at most. A browser keeps six; one that waits for its next "
                + "request gives way to a new one.", valueName: "count"))
    var maxRequestsPerAddress = ServerConfiguration().maxRequestsPerAddress

    @OptionGroup
    var log: LogOptions

    @OptionGroup
    var worker: WorkerOption

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("a port is a number from 0 to 65535") }
    }
}

private func storedCredentials(_ word: String) throws -> StoredCredentials {
    guard let credentials = StoredCredentials(word) else {
        throw ValidationError("'\(word)' names no credentials, as front-door=admin@10.0.5.0/24 does")
    }
    return credentials
}

func network(_ word: String) throws -> Network {
    guard let network = Network(word) else {
        throw ValidationError("'\(word)' is no network such as 10.0.5.0/24 or fd00::/8")
    }
    return network
}

private func framingOrigin(_ word: String) throws -> FramingOrigin {
    guard let origin = FramingOrigin(word) else {
        throw ValidationError("'\(word)' is no origin such as https://house.example or http://10.0.0.7:8123")
    }
    return origin
}
