import NIOCore
import Synchronization
import WorkerLink

/// The viewers of one tap's video as its camera sends it. Units come while there are viewers; any thread.
///
/// Who comes begins with the last keyframe, which is kept as long as somebody watches, with what has come since.
final class VideoFeed: Sendable {
    private struct State {
        /// From the last keyframe on; empty where that is too far away, or something is missing.
        var ring: [ReceivedUnit] = []
        var byteCount = 0
        var viewers: [ObjectIdentifier: VideoViewer] = [:]
        var last: UInt64 = 0
        var hasEnded = false
    }

    /// What is kept for who comes, bytes: as workers keep.
    private static let byteLimit = 8 << 20

    private let state = Mutex(State())
    private let demandChanged: @Sendable () -> Void

    /// - Parameter demandChanged: somebody watches now, or nobody any more; called with no lock held.
    init(demandChanged: @escaping @Sendable () -> Void) { self.demandChanged = demandChanged }

    /// Somebody watches.
    var isWanted: Bool { state.withLock { !$0.viewers.isEmpty } }

    /// How many do.
    var viewers: Int { state.withLock(\.viewers.count) }

    // MARK: The worker's side

    func publish(_ unit: ReceivedUnit) {
        state.withLock { state in
            // What a worker was still at when the last one left is nobody's beginning.
            guard !state.viewers.isEmpty else { return }
            let isGap = unit.header.sequence != state.last &+ 1
            state.last = unit.header.sequence
            if unit.header.isKey {
                (state.ring, state.byteCount) = ([], 0)
            } else if isGap || state.byteCount + unit.bytes.readableBytes > Self.byteLimit {
                (state.ring, state.byteCount) = ([], 0)
            }
            if unit.header.isKey || !state.ring.isEmpty {
                state.ring.append(unit)
                state.byteCount += unit.bytes.readableBytes
            }
            for viewer in state.viewers.values { viewer.offer(unit, isBehindGap: isGap) }
        }
    }

    /// A new worker begins: nothing of the one before leads to its pictures.
    func attemptStarted() {
        state.withLock { state in
            (state.ring, state.byteCount, state.last) = ([], 0, 0)
        }
    }

    /// No unit will come any more.
    func end() {
        let viewers = state.withLock { state in
            state.hasEnded = true
            (state.ring, state.byteCount) = ([], 0)
            defer { state.viewers = [:] }
            return Array(state.viewers.values)
        }
        for viewer in viewers { viewer.end() }
    }

    // MARK: Viewers

    /// Somebody begins to watch; `leave` ends that.
    func watch() -> VideoViewer {
        let viewer = VideoViewer()
        let isFirst = state.withLock { state in
            guard !state.hasEnded else {
                viewer.end()
                return false
            }
            for unit in state.ring { viewer.offer(unit) }
            state.viewers[ObjectIdentifier(viewer)] = viewer
            return state.viewers.count == 1
        }
        if isFirst { demandChanged() }
        return viewer
    }

    /// - Parameter viewer: harmless when it has left already.
    func leave(_ viewer: VideoViewer) {
        let isLast = state.withLock { state in
            guard state.viewers.removeValue(forKey: ObjectIdentifier(viewer)) != nil, state.viewers.isEmpty else {
                return false
            }
            // What comes when somebody watches again begins anew.
            (state.ring, state.byteCount, state.last) = ([], 0, 0)
            return true
        }
        viewer.end()
        if isLast { demandChanged() }
    }
}
