import Plans
import WorkerLink

/// Which sources feed each tap of a plan, and so what its viewers are told while the instance runs and they see nothing.
struct TapSources: Sendable {
    /// By tap: every node on the way to it.
    private let ways: [String: Set<String>]

    init(_ graph: PlanDescription) {
        let inputs = Dictionary(grouping: graph.edges, by: \.target).mapValues { $0.map(\.source) }
        let taps = graph.nodes.filter { $0.kind == .tap }.map(\.id)
        ways = Dictionary(
            taps.map { tap in
                var way: Set<String> = [tap]
                var waiting = [tap]
                while let node = waiting.popLast() {
                    for input in inputs[node] ?? [] where way.insert(input).inserted { waiting.append(input) }
                }
                return (tap, way)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// What has become of those that feed the tap, of several that the plan has.
    ///
    /// - Returns: nil where one of them gives frames, is about to, or has given all: then the tap is as the instance is.
    func change(of tap: String, in progress: Progress) -> InstanceStateChange? {
        guard let way = ways[tap] else { return nil }
        let outlets = progress.sources.filter { !way.isDisjoint(with: $0.sources) }
        var parts = Dictionary(grouping: outlets, by: \.part).sorted { $0.key < $1.key }.map {
            SourceHealth.Condition($0.value, at: progress.now)
        }
        parts.removeAll { if case .completed = $0 { true } else { false } }
        let changes = parts.compactMap(\.change)
        return changes.count == parts.count ? changes.first : nil
    }
}

extension SourceHealth.Condition {
    /// As viewers are told of it; nil for what is as it should be.
    fileprivate var change: InstanceStateChange? {
        switch self {
        case .starting, .running, .completed: nil
        case .stalled(let silence):
            // Without its age, which would be another message every second.
            InstanceStateChange(state: .stalled, reason: .noFrames, message: "no frame from \(silence.node)")
        case .retrying(let trouble):
            InstanceStateChange(state: .retrying, reason: trouble.reason, message: trouble.message)
        }
    }
}
