import NIOCore

/// Where a watcher's events go. Everything here happens on its event loop.
protocol EventOutput: AnyObject {
    var framing: EventFraming { get }
    /// Whether what is sent now would leave at once.
    var isReady: Bool { get }
    func send(_ events: ByteBuffer)
}

/// One who watches, and how far it has read. Confined to its event loop.
final class StateWatcher {
    fileprivate let output: any EventOutput
    /// Of what it may see.
    fileprivate let rights: Rights
    /// Number of the last event that it was sent; nil: it waits for a snapshot.
    fileprivate var read: UInt64?
    /// Which snapshots are new enough for it.
    fileprivate var request: UInt64

    init(_ output: any EventOutput, sees rights: Rights, request: UInt64) {
        self.output = output
        self.rights = rights
        self.request = request
    }
}

@available(*, unavailable)
extension StateWatcher: Sendable {}

/// Those who watch on one event loop, served in turns. Confined to the loop.
final class LoopWatchers {
    /// Watchers served in one turn, so that whatever else the loop has to do gets its own.
    private static let slice = 100

    private struct Piece: Hashable {
        var after: UInt64
        var framing: EventFraming
        var rights: Rights
    }

    private var watchers: [StateWatcher] = []
    /// Whose turn it is, and how many have not had theirs.
    private var next = 0
    private var waiting = 0

    var isEmpty: Bool { watchers.isEmpty }

    func add(_ watcher: StateWatcher) {
        watchers.append(watcher)
        // It may come before those whose turn it still is.
        if waiting > 0 { waiting += 1 }
    }

    /// - Returns: whether it was there.
    func remove(_ watcher: StateWatcher) -> Bool {
        guard let place = watchers.firstIndex(where: { $0 === watcher }) else { return false }
        watchers.remove(at: place)
        if place < next { next -= 1 }
        waiting = min(waiting, watchers.count)
        return true
    }

    /// There is something new: it is everybody's turn.
    func begin() { waiting = watchers.count }

    /// Serves a slice of the watchers.
    ///
    /// - Parameter request: asks for a snapshot, for whoever has missed too much.
    /// - Returns: whether some have not had their turn.
    func serve(_ board: StateBoard, request: () -> UInt64) -> Bool {
        // Most have read up to the same event.
        var pieces: [Piece: ByteBuffer] = [:]
        for _ in 0..<min(waiting, Self.slice) where waiting > 0 {
            if next >= watchers.count { next = 0 }
            let watcher = watchers[next]
            next += 1
            waiting -= 1
            serve(watcher, board, &pieces, request)
        }
        return waiting > 0
    }

    func serve(_ watcher: StateWatcher, _ board: StateBoard, request: () -> UInt64) {
        var pieces: [Piece: ByteBuffer] = [:]
        serve(watcher, board, &pieces, request)
    }

    private func serve(
        _ watcher: StateWatcher, _ board: StateBoard, _ pieces: inout [Piece: ByteBuffer], _ request: () -> UInt64
    ) {
        guard watcher.output.isReady else { return }
        let framing = watcher.output.framing
        if let read = watcher.read, read < board.forgotten {
            watcher.read = nil
            watcher.request = request()
        }
        if watcher.read == nil {
            guard let snapshot = board.snapshot, snapshot.request >= watcher.request else { return }
            watcher.read = snapshot.event.sequence
            if let bytes = snapshot.event.bytes(framing, for: watcher.rights) { watcher.output.send(bytes) }
        }
        guard let read = watcher.read, read < board.sequence, watcher.output.isReady else { return }
        let piece = Piece(after: read, framing: framing, rights: watcher.rights)
        watcher.read = board.sequence
        guard let bytes = pieces[piece] ?? board.bytes(after: read, framing, for: watcher.rights) else { return }
        pieces[piece] = bytes
        watcher.output.send(bytes)
    }
}

@available(*, unavailable)
extension LoopWatchers: Sendable {}
