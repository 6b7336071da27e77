import WorkerLink

/// What a worker's progress says of its sources.
///
/// Outlets of one part of the plan begin, stall and fail together: all of them are waited for. Of several parts the plan runs
/// while one does, since its worker looks after each by itself.
struct SourceHealth: Sendable, Hashable {
    /// How a part is, or all of them.
    enum Condition: Sendable, Hashable {
        /// A first frame is waited for.
        case starting
        case running
        /// Of the live sources without frames that which has been silent longest.
        case stalled(SourceSilence)
        /// Nothing comes, and the worker builds it anew.
        case retrying(SourceTrouble)
        /// A film has been played.
        case completed
    }

    /// Of everything.
    var condition: Condition
    /// Each part's, by its number.
    private(set) var parts: [Int: Condition] = [:]
    /// The worker tries each again by itself.
    var areSeveral: Bool { parts.count > 1 }

    init(_ progress: Progress) {
        for (part, outlets) in Dictionary(grouping: progress.sources, by: \.part) {
            parts[part] = Condition(outlets, at: progress.now)
        }
        condition = .starting
        condition = worst ?? .starting
    }

    /// Of what everybody waits for: one that runs is enough.
    private var worst: Condition? {
        var (silence, trouble): (SourceSilence?, SourceTrouble?)
        var isStarting = false
        for (_, part) in parts.sorted(by: { $0.key < $1.key }) {
            switch part {
            case .running: return .running
            case .stalled(let other): if other.age > silence?.age ?? .min { silence = other }
            case .starting: isStarting = true
            // The one that is tried next says when something may come.
            case .retrying(let other):
                if trouble.map({ ($0.nextRetry ?? .min) > (other.nextRetry ?? .min) }) ?? true { trouble = other }
            case .completed: break
            }
        }
        if let silence { return .stalled(silence) }
        if isStarting { return .starting }
        return trouble.map { .retrying($0) } ?? (parts.isEmpty ? nil : .running)
    }
}

extension SourceHealth.Condition {
    /// - Parameter outlets: those of one part, at least one.
    init(_ outlets: [SourceProgress], at now: Int64) {
        if let trouble = outlets.lazy.compactMap(\.trouble).first {
            self = .retrying(trouble)
        } else if outlets.contains(where: { $0.frames == 0 }) {
            self = .starting
        } else if let silence = outlets.compactMap({ SourceSilence(of: $0, at: now) }).max(by: { $0.age < $1.age }) {
            self = .stalled(silence)
        } else {
            self = outlets.allSatisfy(\.hasEnded) ? .completed : .running
        }
    }
}
