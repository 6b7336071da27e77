import Logging
import NIOCore
import NIOPosix
import Plans
import WorkerLink

/// Everything that the routes stand on.
struct ServerParts: Sendable {
    var registry: StreamTapRegistry
    var manager: InstanceManager
    var catalog: PlanCatalog
    /// The one that the manager touches.
    var events: StateEvents
    /// The manager's.
    var memory = ServerMemory.ephemeral()
    /// The manager's.
    var devices = DeviceCatalog()
    var stages: [StageDescription] = []
    /// Everything about a plan that needs GStreamer.
    var check: @Sendable (String) async throws -> [Diagnostic] = { _ in [] }
    /// Looks for cameras on the network.
    var search = CameraSearch(access: CameraAccess(), interfaces: { [] })
    /// Moves cameras.
    var motion = CameraMover(access: CameraAccess(), logger: Logger(label: "motion"))
    var readiness = Readiness()
    /// Who may come in.
    var accounts = Accounts(open: AccessBook())
    /// Nil: tokens that somebody else has signed are not taken.
    var signedTokens: SignedTokens?
    var scaler: PictureScaler
    var admission = Admission(AdmissionLimits())
    /// Whose connections are counted together.
    var peer: @Sendable (SocketAddress) -> String? = { $0.peer }
    /// Of the log, since the beginning.
    var lostLogLines: @Sendable () -> Int = { 0 }
    var httpLimits = HTTPLimits()
    var webSocketLimits = WebSocketLimits()

    var library: PlanLibrary {
        get { catalog.library }
        set { catalog = PlanCatalog(library: newValue) }
    }
}

extension ServerParts {
    /// - Throws: `ServiceError` when the worker is missing or cannot be run.
    init(_ configuration: ServerConfiguration, memory: ServerMemory, logger: Logger) async throws {
        let executable = try configuration.worker()
        let inspector = PlanInspector(executable: executable)
        let registry = StreamTapRegistry()
        let library = PlanLibrary(directory: configuration.plansDirectory)
        let events = StateEvents()
        let policy = configuration.policy
        let devices = DeviceCatalog(executable: executable)
        let stages = try await inspector.stages()
        self.init(
            registry: registry,
            manager: InstanceManager(
                plans: library, registry: registry, executable: executable, inspector: inspector,
                stages: Set(stages.map(\.name)), policy: policy, memory: memory, devices: devices,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, events: events, logger: logger),
            catalog: PlanCatalog(library: library), events: events, memory: memory, devices: devices, stages: stages,
            check: { text in try await inspector.check(text, isUntrusted: true) },
            scaler: PictureScaler(executable: executable))
        let access = CameraAccess(
            policy: policy.cameras, credentials: configuration.cameraCredentials, secrets: policy.secrets)
        search = CameraSearch(access: access)
        motion = CameraMover(access: access, logger: logger)
    }
}
