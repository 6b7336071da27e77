import Client
import Foundation
import Synchronization

/// What is known of a server that is watched.
struct WatchBoard: Sendable {
    private var instances: [String: InstanceAnswer] = [:]
    private var viewers: [String: Int] = [:]
    /// Why nothing is heard any more; nil while something is.
    var loss: String?

    /// Takes what has become of the server.
    mutating func take(_ event: WatchedEvent) {
        loss = nil
        switch event {
        case .snapshot(let all, let taps):
            instances = Dictionary(all.map { ($0.id, $0) }) { $1 }
            viewers = taps.mapValues(Self.count)
        case .changed(let instance, let taps):
            instances[instance.id] = instance
            viewers[instance.id] = Self.count(taps)
        case .removed(let id): (instances[id], viewers[id]) = (nil, nil)
        case .other: break
        }
    }

    private static func count(_ taps: [String: TapsAnswer.Tap]) -> Int {
        taps.values.reduce(0) { $0 &+ ($1.viewers ?? 0) }
    }

    /// What is new, a line each, for those who have no screen.
    mutating func lines(_ event: WatchedEvent, at now: Date = Date()) -> [String] {
        let before = instances
        take(event)
        let moment = Measure.local(now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        let gone: [[String]] = before.keys.filter { instances[$0] == nil }.sorted().map { [moment, $0, "removed"] }
        let changed = sorted.filter { instance in
            guard let old = before[instance.id] else { return true }
            return (old.state, old.trouble) != (instance.state, instance.trouble)
        }
        let told: [[String]] = gone + changed.map { [moment, $0.id, $0.state, $0.trouble] }
        return told.map { words in
            words.filter { !$0.isEmpty }.map { TerminalText.safe($0) }.joined(separator: "  ")
        }
    }

    private var sorted: [InstanceAnswer] { instances.values.sorted { $0.id < $1.id } }

    /// A screen's lines, each at most as wide as that.
    func page(at address: String, columns: Int, now: Date = Date()) -> ScreenPage {
        let instances = sorted
        let running = instances.count { $0.state == "running" }
        var head = "\(address)   \(running) of \(instances.count) running"
        if let loss { head = "\(address)   LOST: \(loss); trying again" }
        let table = InstanceTable(instances, viewers: viewers, at: now).table.lines
        let tones = [ScreenPage.Tone.title] + instances.map { loss == nil ? ScreenPage.Tone(state: $0.state) : .faint }
        var page = ScreenPage(columns: columns)
        page.add(TerminalText.safe(head), loss == nil ? .plain : .bad)
        page.add("", .plain)
        for (line, tone) in zip(table, tones) { page.add(line, tone) }
        return page
    }
}

/// The same for whoever listens and whoever draws.
final class SharedBoard: Sendable {
    private struct State {
        var board = WatchBoard()
        var isChanged = false
        var isBegun = false
    }

    private let state = Mutex(State())

    var value: WatchBoard { state.withLock { $0.board } }
    /// Whether anything has been heard.
    var isBegun: Bool { state.withLock { $0.isBegun } }

    func change(_ body: (inout WatchBoard) -> Void) {
        state.withLock { state in
            body(&state.board)
            (state.isChanged, state.isBegun) = (true, true)
        }
    }

    /// - Returns: whether there was a change since the last time.
    func takeChange() -> Bool {
        state.withLock { state in
            defer { state.isChanged = false }
            return state.isChanged
        }
    }
}
