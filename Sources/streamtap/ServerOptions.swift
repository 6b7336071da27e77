import ArgumentParser
import Server

/// What `serve` and `run` have in common: flags, each for a key of the configuration, whose table says what they take.
struct ServerOptions: ParsableArguments {
    @Option(help: .key("listen.host"))
    var host: String?

    @Option(help: .key("listen.port"))
    var port: String?

    @Option(help: .key("listen.addresses"))
    var listen: [String] = []

    @Option(help: .key("listen.socket_mode"))
    var socketMode: String?

    @Option(help: .key("tls.certificate"))
    var tlsCertificate: String?

    @Option(help: .key("tls.key"))
    var tlsKey: String?

    @Option(help: .key("tls.hsts"))
    var hsts: String?

    @Option(help: .key("listen.base_path"))
    var basePath: String?

    @Option(help: .key("plans.directory"))
    var plans: String?

    @Option(help: .key("media.directory"))
    var media: String?

    @Option(help: .key("secrets.directory"))
    var credentials: String?

    @Option(name: .customLong("camera-network"), help: .key("cameras.networks"))
    var cameraNetworks: [String] = []

    @Option(name: .customLong("camera-credentials"), help: .key("cameras.credentials"))
    var cameraCredentials: [String] = []

    @Option(name: .customLong("allow-host"), help: .key("listen.allow_hosts"))
    var allowedHosts: [String] = []

    @Option(name: .customLong("allow-framing"), help: .key("listen.allow_framing"))
    var framingOrigins: [String] = []

    @Option(name: .customLong("allow-origin"), help: .key("listen.allow_origins"))
    var allowedOrigins: [String] = []

    @Option(name: .customLong("trusted-proxy"), help: .key("listen.trusted_proxies"))
    var trustedProxies: [String] = []

    @Flag(
        name: .customLong("insecure-allow-anyone"), inversion: .prefixedNo, help: .key("access.insecure_allow_anyone"))
    var allowsAnyone: Bool?

    @Option(help: .key("access.user_header"))
    var userHeader: String?

    @Option(help: .key("access.user_header_role"))
    var userHeaderRole: String?

    @Option(help: .key("access.jwt_keys"))
    var jwtKeys: String?

    @Option(help: .key("access.jwt_issuer"))
    var jwtIssuer: String?

    @Option(help: .key("access.jwt_audience"))
    var jwtAudience: String?

    @Option(help: .key("access.jwt_role_claim"))
    var jwtRoleClaim: String?

    @Flag(name: .customLong("allow-remote"), help: .hidden)
    var allowsRemote = false

    @Flag(name: .customLong("allow-plan-text"), inversion: .prefixedNo, help: .key("plans.allow_text"))
    var allowsPlanText: Bool?

    @Option(help: .key("limits.instances"))
    var maxInstances: String?

    @Option(help: .key("limits.connections"))
    var maxConnections: String?

    @Option(help: .key("limits.viewers"))
    var maxViewers: String?

    @Option(help: .key("limits.viewers_per_address"))
    var maxViewersPerAddress: String?

    @Option(help: .key("limits.requests_per_address"))
    var maxRequestsPerAddress: String?

    @OptionGroup
    var log: LogOptions

    @OptionGroup
    var worker: WorkerOption

    func validate() throws {
        guard !allowsRemote else {
            throw ValidationError(
                "--allow-remote is no more: make users with 'streamtap user add NAME --role admin'; --insecure-allow-anyone "
                    + "lets everybody do everything without")
        }
        guard listen.isEmpty || (host == nil && port == nil) else {
            throw ValidationError("--listen takes the place of --host and --port; say all addresses with it")
        }
        try given.validate()
    }

    /// What was given, by the keys of the configuration.
    var given: [GivenOption] {
        [
            GivenOption("listen.host", host),
            GivenOption("listen.port", port),
            GivenOption("listen.addresses", listen),
            GivenOption("listen.socket_mode", socketMode),
            GivenOption("listen.base_path", basePath),
            GivenOption("tls.certificate", tlsCertificate),
            GivenOption("tls.key", tlsKey),
            GivenOption("tls.hsts", hsts),
            GivenOption("plans.directory", plans),
            GivenOption("media.directory", media),
            GivenOption("secrets.directory", credentials),
            GivenOption("cameras.networks", cameraNetworks),
            GivenOption("cameras.credentials", cameraCredentials),
            GivenOption("listen.allow_hosts", allowedHosts),
            GivenOption("listen.allow_framing", framingOrigins),
            GivenOption("listen.allow_origins", allowedOrigins),
            GivenOption("listen.trusted_proxies", trustedProxies),
            GivenOption("access.insecure_allow_anyone", allowsAnyone),
            GivenOption("access.user_header", userHeader),
            GivenOption("access.user_header_role", userHeaderRole),
            GivenOption("access.jwt_keys", jwtKeys),
            GivenOption("access.jwt_issuer", jwtIssuer),
            GivenOption("access.jwt_audience", jwtAudience),
            GivenOption("access.jwt_role_claim", jwtRoleClaim),
            GivenOption("plans.allow_text", allowsPlanText),
            GivenOption("limits.instances", maxInstances),
            GivenOption("limits.connections", maxConnections),
            GivenOption("limits.viewers", maxViewers),
            GivenOption("limits.viewers_per_address", maxViewersPerAddress),
            GivenOption("limits.requests_per_address", maxRequestsPerAddress),
        ].compactMap(\.self) + log.given + worker.given
    }
}

extension [GivenOption] {
    /// - Throws: `ValidationError` for the first that its key does not take.
    func validate() throws {
        guard let fault = lazy.compactMap(\.fault).first else { return }
        throw ValidationError(
            "\(fault.place.words): \(fault.message)" + (fault.hint.map { "; \($0)" } ?? ""))
    }
}

extension ArgumentHelp {
    /// The help of a flag that stands for a key of the configuration.
    static func key(_ name: String) -> ArgumentHelp {
        guard let key = ConfigurationKey.named(name) else { return ArgumentHelp(stringLiteral: name) }
        var words = key.summary
        if case .list = key.kind { words += " May be repeated." }
        switch key.standard {
        case .text(let text): words += " (default: \(text))"
        case .integer(let number): words += " (default: \(number))"
        default: break
        }
        return ArgumentHelp(stringLiteral: words).naming(key.placeholder)
    }

    private func naming(_ value: String) -> ArgumentHelp {
        var help = self
        help.valueName = value
        return help
    }
}
