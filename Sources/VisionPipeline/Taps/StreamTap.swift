import Dispatch
import Synchronization
public import WorkerLink

/// One point of a plan that can be watched: holds its newest frame and encodes it for whoever wants it.
///
/// The pipeline's side (`offer`) is one uncontended lock: it never waits for an encode or a viewer. Each variant that
/// somebody wants is a lane; lanes take turns on the threads of an `EncoderPool`, and encode a frame at most once. One that is
/// slower than its frames come has several under way where threads are idle, and delivers them in order. What is to be done is
/// decided by `TapState`; this is its lock, its threads and its encoding.
public final class StreamTap: Sendable, FrameReceiver {
    /// The node's name, unique in its plan.
    public let id: String
    /// The node whose frames it holds.
    public let attachPoint: String
    /// Its place in the plan.
    let index: Int
    private let encoders: EncoderPool
    private let clock: @Sendable () -> Int64
    private let state: Mutex<TapState>
    private let maker = Mutex(Maker())

    /// Who makes its pictures when somebody wants them; it holds the tap.
    private struct Maker {
        weak var maker: (any PictureMaker)?
    }

    /// - Parameters:
    ///   - index: the tap's place in its plan; `FrameHeader.tap` of its pictures.
    ///   - defaults: what the plan asks for where a viewer asks for nothing.
    ///   - fps: the plan's highest rate, frames a second; nil for none.
    ///   - encoders: where its pictures are made, and delivered from.
    ///   - clock: CLOCK_MONOTONIC, nanoseconds.
    public init(
        id: String, attachPoint: String, index: Int, defaults: Variant, fps: Double?, encoders: EncoderPool,
        clock: @escaping @Sendable () -> Int64 = MonotonicClock.now
    ) {
        self.id = id
        self.attachPoint = attachPoint
        self.index = index
        self.encoders = encoders
        self.clock = clock
        state = Mutex(TapState(tap: id, defaults: defaults, fps: fps))
    }

    /// Takes the newest frame; the one before is forgotten. Never blocks.
    public func offer(_ frame: Frame) {
        let now = clock()
        // `previous` goes out of scope behind the lock: releasing a frame may unmap a buffer.
        let idle = encoders.idle
        let (previous, due) = state.withLock { $0.offer(frame, at: now, idle: idle) }
        submit(due)
        _ = previous
    }

    /// Its pictures are made only while they are wanted.
    func makePictures(by maker: any PictureMaker) { self.maker.withLock { $0.maker = maker } }

    var wantsFrames: Bool { state.withLock { !$0.lanes.isEmpty } }

    func pass(at arrival: Int64, width: Int, height: Int) {
        state.withLock { $0.pass(at: arrival, size: PictureSize(width: width, height: height)) }
    }

    func forgetNewest() {
        // Released behind the lock, as in `offer`.
        let previous = state.withLock { $0.forgetNewest() }
        _ = previous
    }

    /// The newest frame, nil before the first.
    public var newest: Frame? { state.withLock { $0.newest } }

    /// The complete set of what is wanted of this tap, replacing the one before. What is wanted of other taps is left out.
    public func demand(_ wanted: [WantedVariant]) {
        let now = clock()
        submit(state.withLock { $0.demand(wanted, at: now) })
        if wantsFrames { maker.withLock(\.maker)?.wake() }
    }

    /// Delivers each tap's newest frame once more, in each variant demanded and as it is. Returns when that is done, or
    /// when the time is over. A frame that is encoded already is not encoded again.
    ///
    /// All taps take their turns together, with the frame that is the newest now: a source that still runs holds up nothing, and
    /// changes nothing.
    public static func deliverLast(of taps: [StreamTap], within seconds: Double = 2) {
        let makers = taps.compactMap { tap in tap.maker.withLock(\.maker) }
        for maker in Dictionary(makers.map { (ObjectIdentifier($0), $0) }, uniquingKeysWith: { $1 }).values {
            maker.finish(within: seconds / 2)
        }
        let done = DispatchGroup()
        for tap in taps { tap.submit(tap.state.withLock { $0.deliverLast(done: done) }) }
        _ = done.wait(timeout: .now() + seconds)
    }

    /// Counts since the worker began, and the rate of the moment.
    public var progress: TapProgress {
        let now = clock()
        var progress = state.withLock { $0.progress(at: now) }
        progress.isDecoding = maker.withLock(\.maker)?.isMaking
        return progress
    }

    private func submit(_ lanes: [Int]) {
        for lane in lanes { encoders.submit { encoder in self.takeTurn(lane, on: encoder) } }
    }

    /// One turn of a lane on an encoder thread: a frame, encoded, and delivered when its place in the order comes.
    private func takeTurn(_ lane: Int, on encoder: PictureEncoder) {
        let start = clock()
        guard let turn = state.withLock({ $0.begin(lane, at: start) }) else { return }
        let picture: EncodedFrame? =
            switch turn.source {
            case .picture(var picture):
                {
                    picture.header.encodeMicros = 0
                    return picture
                }()
            case .frame(let frame): try? encode(frame, for: turn, on: encoder)
            }
        let now = clock()
        var delivery = state.withLock { $0.finish(turn, picture: picture, at: now) }
        while let current = delivery { delivery = handOut(current) }
    }

    /// - Returns: what is to be handed out next.
    private func handOut(_ delivery: TapState.Delivery) -> TapState.Delivery? {
        if var picture = delivery.picture {
            for recipient in delivery.recipients {
                (picture.header.variant, picture.header.once) = (recipient.variant, recipient.once)
                encoders.deliver(picture)
                // It was encoded once.
                picture.header.encodeMicros = 0
            }
        }
        let now = clock()
        let idle = encoders.idle + 1
        let afterwards = state.withLock { $0.delivered(delivery, at: now, idle: idle) }
        afterwards.done?.leave()
        // Behind everybody else's: lanes take turns.
        if afterwards.again { submit([delivery.lane]) }
        return afterwards.next
    }

    private func encode(
        _ frame: Frame, for turn: TapState.Turn, on encoder: PictureEncoder
    ) throws(JPEGError) -> EncodedFrame {
        let start = clock()
        let isPicture = turn.variant.content == .picture
        let picture = isPicture ? try encoder.encode(frame, as: turn.variant) : nil
        let end = clock()
        let size = picture?.size ?? PictureSize(displaying: frame)
        let detections = frame.uprightDetections.map {
            let (width, height) = frame.uprightSize
            return DetectionJSON(frame: PictureSize(width: width, height: height), picture: size).bytes($0)
        }
        let header = FrameHeader(
            tap: index, variant: turn.variant, sequence: turn.sequence, captured: frame.captured, encoded: clock(),
            encodeMicros: isPicture ? Int((end - start + 500) / 1000) : 0, width: size.width, height: size.height,
            isDamaged: frame.isDamaged)
        return EncodedFrame(header: header, detections: detections ?? [], jpeg: picture?.jpeg ?? [])
    }
}
