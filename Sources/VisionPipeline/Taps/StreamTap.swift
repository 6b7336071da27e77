import Dispatch
import Synchronization
public import WorkerLink

/// Holds the newest frame of one point of a plan and encodes it for whoever wants it.
///
/// The pipeline's side (`offer`) is one uncontended lock: it never waits for an encode or a viewer. Each variant that
/// somebody wants is a lane; lanes take turns on the threads of an `EncoderPool`, and encode a frame at most once.
public final class StreamTap: Sendable {
    public let id: String
    /// The node whose frames it holds.
    public let attachPoint: String
    private let index: Int
    private let encoders: EncoderPool
    private let deliver: @Sendable (EncodedFrame) -> Void
    private let clock: @Sendable () -> Int64
    private let state: Mutex<TapState>
    /// The longest that `deliverLast` waits, seconds.
    private static let lastDeadline = 2.0

    /// - Parameters:
    ///   - defaults: what the plan asks for where a viewer asks for nothing.
    ///   - fps: the plan's highest rate; nil for none.
    ///   - deliver: called on an encoder thread with each finished picture; must not block.
    ///     `FrameHeader.tap` is `index`.
    ///   - clock: CLOCK_MONOTONIC, nanoseconds.
    public init(
        id: String, attachPoint: String, index: Int, defaults: Variant, fps: Double?, encoders: EncoderPool,
        clock: @escaping @Sendable () -> Int64 = MonotonicClock.now,
        deliver: @escaping @Sendable (EncodedFrame) -> Void
    ) {
        self.id = id
        self.attachPoint = attachPoint
        self.index = index
        self.encoders = encoders
        self.clock = clock
        self.deliver = deliver
        state = Mutex(TapState(tap: id, defaults: defaults, fps: fps))
    }

    /// Takes the newest frame; the one before is forgotten. Never blocks.
    public func offer(_ frame: Frame) {
        let now = clock()
        // `previous` goes out of scope behind the lock: releasing a frame may unmap a buffer.
        let (previous, due) = state.withLock { $0.offer(frame, at: now) }
        submit(due)
        _ = previous
    }

    /// The newest frame, nil before the first.
    public var newest: Frame? { state.withLock { $0.newest } }

    /// The complete set of what is wanted of this tap, replacing the one before. What is wanted of other taps is left out.
    public func demand(_ wanted: [WantedVariant]) {
        let now = clock()
        submit(state.withLock { $0.demand(wanted, at: now) })
    }

    /// Delivers the newest frame once more in each variant demanded, and as it is, and returns when that is done, or
    /// after two seconds. A frame that is encoded already is not encoded again.
    public func deliverLast() {
        let done = DispatchGroup()
        submit(state.withLock { $0.deliverLast(done: done) })
        _ = done.wait(timeout: .now() + Self.lastDeadline)
    }

    public var progress: TapProgress {
        let now = clock()
        return state.withLock { $0.progress(at: now) }
    }

    private func submit(_ lanes: [Int]) {
        for lane in lanes { encoders.submit(LaneJob(tap: self, lane: lane)) }
    }

    /// One turn of a lane on an encoder thread.
    fileprivate func run(_ lane: Int, on encoder: PictureEncoder) {
        switch state.withLock({ $0.begin(lane) }) {
        case .encode(let frame, let sequence, let variant):
            let picture = try? encode(frame, sequence: sequence, as: variant, on: encoder)
            state.withLock { $0.finish(lane, picture: picture) }.forEach(deliver)
        case .deliver(let pictures):
            pictures.forEach(deliver)
        case nil:
            break
        }
        let now = clock()
        let (again, done) = state.withLock { $0.end(lane, at: now) }
        done?.leave()
        // Behind everybody else's: lanes take turns.
        if again { submit([lane]) }
    }

    private func encode(
        _ frame: Frame, sequence: UInt64, as variant: Variant, on encoder: PictureEncoder
    ) throws(EncodeError) -> EncodedFrame {
        let picture = try encoder.encode(frame, as: variant)
        let size = PictureSize(width: frame.width, height: frame.height)
        let detections = frame.detections.map { DetectionJSON(frame: size, picture: picture.size).bytes($0) }
        let header = FrameHeader(
            tap: index, variant: variant, sequence: sequence, captured: frame.captured, encoded: clock(),
            width: picture.size.width, height: picture.size.height)
        return EncodedFrame(header: header, detections: detections ?? [], jpeg: picture.jpeg)
    }
}

/// A lane's place in the pool's queue.
private struct LaneJob: EncoderJob {
    let tap: StreamTap
    let lane: Int

    func run(on encoder: PictureEncoder) { tap.run(lane, on: encoder) }
}
