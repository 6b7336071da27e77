import NIOCore
import Synchronization

/// The sockets that are read as pictures are sent to them, by event loop: looks four times a second whether they still are.
final class QuietSockets: Sendable {
    private static let period = TimeAmount.milliseconds(250)

    /// Those of one loop, and confined to it.
    private final class Round {
        var readers: [AcknowledgementReader] = []
        var isRunning = false
    }

    private let rounds = Mutex([ObjectIdentifier: NIOLoopBound<Round>]())

    /// - Precondition: called on `loop`, the reader's own.
    func add(_ reader: AcknowledgementReader, on loop: any EventLoop) {
        let bound = rounds.withLock { rounds in
            let round = rounds[ObjectIdentifier(loop)] ?? NIOLoopBound(Round(), eventLoop: loop)
            rounds[ObjectIdentifier(loop)] = round
            return round
        }
        let round = bound.value
        round.readers.append(reader)
        guard !round.isRunning else { return }
        round.isRunning = true
        loop.scheduleRepeatedTask(initialDelay: Self.period, delay: Self.period) { task in
            let round = bound.value
            round.readers.removeAll { !$0.settle() }
            round.isRunning = !round.readers.isEmpty
            if !round.isRunning { task.cancel() }
        }
    }
}
