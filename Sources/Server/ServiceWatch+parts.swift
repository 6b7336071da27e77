import Logging
import NIOCore
import NIOPosix

extension ServiceWatch {
    /// Of a whole server: what carries pictures, and whoever says what runs.
    convenience init(_ socket: NotifySocket, of parts: ServerParts, logger: Logger) {
        let loops = MultiThreadedEventLoopGroup.singleton.makeIterator().enumerated().map { index, loop in
            Part(name: "event loop \(index + 1)") {
                // It fails where the loop has ended, which no running server's has.
                try? await loop.submit {}.get()
            }
        }
        let manager = parts.manager
        self.init(
            socket, patience: Self.patience(),
            parts: loops + [Part(name: "instances") { _ = await manager.instances() }],
            status: {
                let states = await manager.instances().map(\.state)
                let running = states.filter { $0 == .running }.count
                return states.isEmpty ? "no instances" : "\(running) of \(states.count) instances running"
            }, logger: logger)
    }
}
