import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import WorkerLink

/// How late event loops come to what is due: what every viewer's picture and every request waits at least.
final class LoopLag: Service {
    private static let period = TimeAmount.milliseconds(500)

    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(DurationHistogram(.work))

    init(of group: MultiThreadedEventLoopGroup) {
        self.group = group
    }

    /// Of all loops.
    var histogram: DurationHistogram { state.withLock { $0.copy } }

    /// Asks each loop twice a second, until the server stops.
    func run() async {
        let probes = group.makeIterator().map { loop -> RepeatedTask in
            let due = NIOLoopBoundBox.makeBoxSendingValue(NIODeadline.now() + Self.period, eventLoop: loop)
            return loop.scheduleRepeatedTask(initialDelay: Self.period, delay: Self.period) { _ in
                let now = NIODeadline.now()
                self.state.withLock { $0.record((now - due.value).nanoseconds) }
                due.value = .now() + Self.period
            }
        }
        try? await gracefulShutdown()
        for probe in probes { probe.cancel() }
    }
}
