import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Tells systemd how this server stands, and gives its watchdog a sign of life each time that everything has answered which
/// answers people.
///
/// A timer alone would go on beside event loops that hang. What stands still for longer than the unit's `WatchdogSec=` is
/// killed and started anew.
final class ServiceWatch: Service {
    /// Something that has to answer for the server to be of use.
    struct Part: Sendable {
        /// For people.
        let name: String
        let answers: @Sendable () async -> Void
    }

    private let socket: NotifySocket
    /// How long systemd waits for a sign of life; nil: it waits for none.
    private let patience: Duration?
    private let parts: [Part]
    /// What the server does, for people.
    private let status: @Sendable () async -> String
    private let logger: Logger
    private let silent = Mutex<Set<String>>([])

    init(
        _ socket: NotifySocket, patience: Duration?, parts: [Part], status: @escaping @Sendable () async -> String,
        logger: Logger
    ) {
        self.socket = socket
        self.patience = patience
        self.parts = parts
        self.status = status
        self.logger = logger
    }

    /// What `WATCHDOG_USEC` asks of this process.
    ///
    /// - Returns: nil where it asks nothing, or another process.
    static func patience(
        environment: [String: String] = ProcessInfo.processInfo.environment, process: Int32 = getpid()
    ) -> Duration? {
        guard let time = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), time > 0 else { return nil }
        if let whose = environment["WATCHDOG_PID"], Int32(whose) != process { return nil }
        return .microseconds(time)
    }

    /// Asks three times within systemd's patience, until the server stops.
    func run() async {
        let pause = min(patience.map { $0 / 3 } ?? .seconds(10), .seconds(10))
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.ask(within: pause)
                guard !Task.isCancelled else { return }
                let words = "STATUS=" + (await self.status()).replacing("\n", with: " ")
                self.socket.send(self.patience == nil ? [words] : [words, "WATCHDOG=1"])
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Returns once all have answered, however long that takes.
    private func ask(within pause: Duration) async {
        silent.withLock { $0 = Set(parts.map(\.name)) }
        let complaint = Task {
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            let names = silent.withLock { $0.sorted().joined(separator: ", ") }
            logger.error("no answer for \((pause / .seconds(1)).rounded(decimals: 1)) s: \(names)")
        }
        defer { complaint.cancel() }
        await withTaskGroup(of: Void.self) { tasks in
            for part in parts {
                tasks.addTask {
                    await part.answers()
                    self.silent.withLock { _ = $0.remove(part.name) }
                }
            }
        }
    }
}
