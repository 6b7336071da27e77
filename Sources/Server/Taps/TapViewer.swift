import WorkerLink

/// One who watches a tap. Everything here happens on its event loop.
protocol TapViewer: AnyObject {
    /// Whether a picture sent now would leave at once.
    var isReady: Bool { get }
    func send(_ frame: SharedFrame)
    func stateChanged(_ change: StateChange)
    /// Nothing more will come.
    func ended(_ reason: FailureReason)
}

/// What an instance has become.
struct StateChange: Sendable, Hashable {
    var state: InstanceState
    var reason: FailureReason?
    var message: String?
}

/// What one viewer has been sent and what waits for it. Confined to the viewer's event loop.
final class TapSubscription {
    let variant: Variant
    let fps: Double?
    private(set) weak var viewer: (any TapViewer)?
    private var thinning: FrameThinning?
    private var newest: UInt64 = 0
    /// At most one picture waits; a newer one takes its place.
    private var pending: SharedFrame?
    private let skipped: (Int) -> Void

    init(viewer: any TapViewer, variant: Variant, fps: Double?, skipped: @escaping (Int) -> Void) {
        self.viewer = viewer
        self.variant = variant
        self.fps = fps
        self.thinning = fps.map(FrameThinning.init)
        self.skipped = skipped
    }

    func offer(_ frame: SharedFrame) {
        guard let viewer, frame.sequence > newest else { return }
        // The worker thins to the highest rate asked; thinning once more for that viewer would lose frames.
        let isThinned = fps.map { fps in frame.rate.map { fps < $0 } ?? true } ?? false
        if isThinned, thinning?.admits(captured: frame.captured) == false { return }
        newest = frame.sequence
        if viewer.isReady {
            viewer.send(frame)
        } else {
            if pending != nil { skipped(1) }
            pending = frame
        }
    }

    /// The viewer has become ready again.
    func resume() {
        if viewer?.isReady == true { flush() }
    }

    /// Sends the picture that waits, ready or not.
    func flush() {
        guard let viewer, let frame = pending else { return }
        pending = nil
        viewer.send(frame)
    }
}

@available(*, unavailable)
extension TapSubscription: Sendable {}
