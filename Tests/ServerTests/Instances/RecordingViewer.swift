import NIOCore
import NIOPosix
import Synchronization
import WorkerLink

@testable import Server

/// A viewer who writes down what it is shown.
final class RecordingViewer: Sendable {
    struct Seen: Sendable {
        var sequences: [UInt64] = []
        var states: [InstanceState] = []
        var end: FailureReason?
    }

    /// What the feed holds, confined to the loop.
    private final class Ears: TapSubscriber {
        let record: Record
        var subscription: TapSubscription?
        var kind: ViewerKind { .binary }
        var isReady: Bool { true }

        init(_ record: Record) { self.record = record }

        func send(_ delivery: inout Delivery) -> Int {
            let frame = delivery.frame
            record.seen.withLock { $0.sequences.append(frame.sequence) }
            return frame.jpeg.readableBytes
        }
        func stateChanged(_ change: InstanceStateChange) { record.seen.withLock { $0.states.append(change.state) } }
        func ended(_ reason: FailureReason) { record.seen.withLock { $0.end = reason } }
    }

    private final class Record: Sendable {
        let seen = Mutex(Seen())
    }

    private let record: Record
    private let ears: NIOLoopBound<Ears>

    private init(_ ears: NIOLoopBound<Ears>, _ record: Record) {
        self.ears = ears
        self.record = record
    }

    var seen: Seen { record.seen.withLock { $0 } }

    /// Begins to watch.
    static func watch(_ feed: TapFeed) async throws -> RecordingViewer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let record = Record()
        let ears = try await loop.submit {
            let ears = Ears(record)
            ears.subscription = feed.subscribe(ears, variant: .asIs, fps: nil, on: loop)
            return NIOLoopBound(ears, eventLoop: loop)
        }.get()
        return RecordingViewer(ears, record)
    }
}
