import Plans

/// The table of everything that can be configured.
extension ConfigurationKey {
    /// In the order of the documentation. A flag of the same name stands in `ServerOptions`.
    package static let all: [ConfigurationKey] =
        listen + tls + access + plans + secrets + state + cameras + limits + log + worker

    private static let listen: [ConfigurationKey] = [
        .text(
            "listen.host", \.host, Traits(flag: "host", "address"),
            "Address to listen on. Any but a loopback address needs users; see 'streamtap user'."),
        .integer(
            "listen.port", \.port, 0...65_535, Traits(flag: "port", "port"),
            "Port to listen on; 0 takes any free one."),
        .list(
            "listen.addresses", \.listen, Traits(flag: "listen", "address"), format: .listenAddress,
            "Listen here instead: 127.0.0.1:8277, [::1]:8277, https://0.0.0.0:8443, http://127.0.0.1:8277 or "
                + "unix:/run/streamtap/http.sock. An address without a scheme is https where there is a TLS certificate. "
                + "Sockets that systemd hands over are listened on as well.",
            read: { ListenAddress($0) }, words: { $0.description }),
        ConfigurationKey(
            "listen.socket_mode", .text(.fileMode), Traits(flag: "socket-mode", "mode"),
            "Mode of Unix sockets, octal: who may write one may connect."
        ) {
            .text(String($0.socketMode, radix: 8))
        } set: { value, configuration in
            if case .text(let text) = value, let mode = UInt32(text, radix: 8) { configuration.socketMode = mode }
        },
        ConfigurationKey(
            "listen.base_path", .text(.basePath), Traits(flag: "base-path", "path"),
            "Everything is below this path, for a proxy that leaves it on, for example /cams."
        ) {
            $0.basePath.map { .text($0.text) }
        } set: { value, configuration in
            if case .text(let text) = value { configuration.basePath = BasePath(withoutEnd: text) }
        },
        .list(
            "listen.allow_hosts", \.allowedHosts, Traits(flag: "allow-host", "name", live: true), format: .hostName,
            "Further names that browsers may call this server by."),
        .list(
            "listen.allow_origins", \.allowedOrigins, Traits(flag: "allow-origin", "origin", live: true),
            format: .origin, "Pages of these origins, https://portal.example, may show pictures and use the API."),
        .list(
            "listen.allow_framing", \.framingOrigins, Traits(flag: "allow-framing", "origin"), format: .framingOrigin,
            "Pages of these origins, for example https://house.example, may show /embed/INSTANCE/TAP in a frame.",
            read: { FramingOrigin($0) }, words: { $0.text }),
        .list(
            "listen.trusted_proxies", \.trustedProxies, Traits(flag: "trusted-proxy", "network"), format: .trustedProxy,
            "Proxies in these networks, for example 10.0.5.0/24, are believed when they say who a client is and whether it "
                + "came over TLS (Forwarded, X-Forwarded-For and the like); 'unix' believes whoever comes by a Unix socket.",
            read: { TrustedProxy($0) }, words: { $0.words }),
    ]

    private static let tls: [ConfigurationKey] = [
        .path(
            "tls.certificate", optional: \.tlsCertificate, Traits(flag: "tls-certificate", "file"),
            "The server's own certificate and those that it stands on, PEM. It may be renewed while the server runs."),
        .path("tls.key", optional: \.tlsKey, Traits(flag: "tls-key", "file"), "Its key, PEM."),
        ConfigurationKey(
            "tls.hsts", .integer(0...1_000_000_000), Traits(flag: "hsts", "seconds"),
            "Tell browsers that came by TLS to come to this name by nothing else for so long, whatever port and server they "
                + "mean (Strict-Transport-Security)."
        ) {
            $0.strictTransportSeconds.map { .integer($0) }
        } set: { value, configuration in
            if case .integer(let seconds) = value { configuration.strictTransportSeconds = seconds }
        },
    ]

    private static let access: [ConfigurationKey] = [
        .boolean(
            "access.insecure_allow_anyone", \.allowsAnyone, Traits(flag: "insecure-allow-anyone"),
            "Whoever reaches the port may do everything; nobody has to sign in."),
        .text(
            "access.user_header", optional: \.outsideIdentity.userHeader, Traits(flag: "user-header", "header"),
            "The header in which a trusted proxy names whoever has signed in there, for example X-Forwarded-User."),
        ConfigurationKey(
            "access.user_header_role", .choice(Role.allCases.map(\.rawValue)), Traits(flag: "user-header-role", "role"),
            "What those may do whom the proxy names and who are no users here: viewer (of everything), operator or admin. "
                + "Otherwise they are not let in."
        ) {
            $0.outsideIdentity.newcomers.map { .text($0.rawValue) }
        } set: { value, configuration in
            if case .text(let text) = value { configuration.outsideIdentity.newcomers = Role(rawValue: text) }
        },
        .path(
            "access.jwt_keys", optional: \.outsideIdentity.keys, Traits(flag: "jwt-keys", "file or address"),
            "Signed tokens (JWT) are taken; a JSON Web Key Set holds the keys that they are signed with: a file, or an "
                + "https address that is asked for it."),
        .text(
            "access.jwt_issuer", optional: \.outsideIdentity.issuer, Traits(flag: "jwt-issuer", "issuer"),
            "Who has to have signed them: 'iss'."),
        .text(
            "access.jwt_audience", optional: \.outsideIdentity.audience, Traits(flag: "jwt-audience", "audience"),
            "For whom they have to be: 'aud'."),
        .text(
            "access.jwt_role_claim", \.outsideIdentity.roleClaim, Traits(flag: "jwt-role-claim", "claim"),
            "The claim that says viewer, operator or admin."),
    ]

    private static let plans: [ConfigurationKey] = [
        .path(
            "plans.directory", \.plansDirectory, Traits(flag: "plans", "directory"),
            "Directory of NAME.plan files. Where nobody names one, and there is none of this name, the samples count that "
                + "were installed with the program."),
        .boolean(
            "plans.allow_text", \.allowsPlanText, Traits(flag: "allow-plan-text"),
            "Let the API send whole plans, not only names of plans in the directory."),
        .path(
            "media.directory", optional: \.mediaDirectory, Traits(flag: "media", "directory"),
            "Directory of the files that plans may play over the API."),
    ]

    private static let secrets: [ConfigurationKey] = [
        .path(
            "secrets.directory", optional: \.credentialsDirectory, Traits(flag: "credentials", "directory"),
            "Directory of secrets, one file each. A secret that is not there is looked for among systemd's credentials "
                + "(CREDENTIALS_DIRECTORY), then in the environment: STREAMTAP_SECRET_NAME.")
    ]

    private static let state: [ConfigurationKey] = [
        .path(
            "state.directory", optional: \.stateDirectory,
            Traits(flag: "state", "directory", variable: "STREAMTAP_STATE"),
            "Directory of what is remembered over a restart: instances that were made over the API, what was changed at "
                + "them, and events. Otherwise the one that STREAMTAP_STATE names, otherwise "
                + "$XDG_STATE_HOME/streamtap or ~/.local/state/streamtap."),
        .boolean(
            "state.remember", \.remembersState, Traits(),
            "Whether anything is remembered over a restart; --no-state says no."),
    ]

    private static let cameras: [ConfigurationKey] = [
        .list(
            "cameras.networks", \.cameraNetworks, Traits(flag: "camera-network", "network", live: true),
            format: .network,
            "Addresses over the API lead only here, for example 10.0.5.0/24. Without it: anywhere but to this machine "
                + "and its link.",
            read: { Network($0) }, words: { $0.description }),
        .list(
            "cameras.credentials", \.cameraCredentials,
            Traits(flag: "camera-credentials", "name=user@network", live: true), format: .credentials,
            "Cameras in a network may be asked over the API as USER with the stored secret NAME, for example "
                + "front-door=admin@10.0.5.0/24.",
            read: { StoredCredentials($0) }, words: { $0.words }),
    ]

    private static let limits: [ConfigurationKey] = [
        .integer(
            "limits.instances", \.maxInstances, 1...100_000, Traits(flag: "max-instances", "count", live: true),
            "Instances that may exist at a time."),
        .integer(
            "limits.connections", \.maxConnections, 1...1_000_000,
            Traits(flag: "max-connections", "count", live: true), "Connections of all kinds, at most."),
        .integer(
            "limits.viewers", \.maxViewers, 0...1_000_000, Traits(flag: "max-viewers", "count", live: true),
            "Viewers among them, at most: the rest is left for requests."),
        .integer(
            "limits.viewers_per_address", \.maxViewersPerAddress, 0...1_000_000,
            Traits(flag: "max-viewers-per-address", "count", live: true),
            "Viewers from one address, at most; this machine's own, where proxies are, may have more."),
        .integer(
            "limits.requests_per_address", \.maxRequestsPerAddress, 1...1_000_000,
            Traits(flag: "max-requests-per-address", "count", live: true),
            "Connections from one address that are no viewers, at most. A browser keeps six; one that waits for its next "
                + "request gives way to a new one."),
    ]

    private static let log: [ConfigurationKey] = [
        .choice(
            "log.level", \.logLevel, Traits(flag: "log-level", "level", live: true),
            "The least that is logged: trace, debug, info, notice, warning, error or critical."),
        .choice(
            "log.format", \.logFormat, Traits(flag: "log-format", "format"),
            "text or json: a line a message either way. Where systemd's journal reads, it gets the levels."),
    ]

    private static let worker: [ConfigurationKey] = [
        .path(
            "worker.path", optional: \.workerPath, Traits(flag: "worker", "path", variable: "STREAMTAP_WORKER"),
            "The worker to be used, one with vision stages of its own for example; otherwise the one that "
                + "STREAMTAP_WORKER names, otherwise streamtap-worker beside this program or in ../libexec/streamtap."),
        ConfigurationKey(
            "worker.memory", .text(.memorySize), Traits(flag: "worker-memory", "size"),
            "Memory that each worker may take, for example 512M or 2G; otherwise what its plan comes to, by the size of "
                + "its pictures."
        ) {
            $0.workerMemory.map { .text(MemorySize.words($0)) }
        } set: { value, configuration in
            if case .text(let text) = value { configuration.workerMemory = MemorySize.bytes(text) }
        },
        .boolean(
            "worker.sandbox", \.sandboxesWorkers, Traits(flag: "worker-sandbox", "on|off"),
            "on: workers reach the files, devices and ports that their plans name, and no other programs. off: for "
                + "plugins and stages that need more."),
    ]
}
