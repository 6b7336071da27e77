/// A regular expression as states, all of which are followed at once.
struct PatternProgram: Sendable {
    private enum Step {
        case take(PatternClass, next: Int)
        case split(Int, Int)
        case atStart(next: Int)
        case atEnd(next: Int)
        case found
    }

    /// A step of matching visits each state once a character: 4096 characters are some million visits.
    private static let mostStates = 2000

    private var steps: [Step] = [.found]
    private var start = 0

    init(_ node: PatternNode) throws(Pattern.Problem) {
        start = try add(node, before: 0)
    }

    /// Adds the states of `node`, going on at `next`; from the end to the beginning, so that each next one is known.
    private mutating func add(_ node: PatternNode, before next: Int) throws(Pattern.Problem) -> Int {
        switch node {
        case .empty: return next
        case .scalar(let characters): return try append(.take(characters, next: next))
        case .start: return try append(.atStart(next: next))
        case .end: return try append(.atEnd(next: next))
        case .sequence(let nodes):
            var next = next
            for node in nodes.reversed() { next = try add(node, before: next) }
            return next
        case .choice(let branches):
            var first = try add(branches[branches.count - 1], before: next)
            for branch in branches.dropLast().reversed() {
                first = try append(.split(try add(branch, before: next), first))
            }
            return first
        case .repeated(let node, let least, let most):
            var first = next
            if let most {
                for _ in least..<max(most, least) { first = try append(.split(try add(node, before: first), next)) }
            } else {
                first = try append(.split(next, next))
                let again = first
                steps[again] = .split(try add(node, before: again), next)
            }
            for _ in 0..<least {
                let before = steps.count
                first = try add(node, before: first)
                // Nothing, a thousand times: once is as good, and nested ones would take for ever.
                if steps.count == before { break }
            }
            return first
        }
    }

    private mutating func append(_ step: Step) throws(Pattern.Problem) -> Int {
        guard steps.count < Self.mostStates else { throw Pattern.Problem(message: "it repeats too much") }
        steps.append(step)
        return steps.count - 1
    }

    /// Whether it matches somewhere in `text`.
    func matches(_ text: [Unicode.Scalar]) -> Bool {
        var current = StateSet(count: steps.count)
        var following = StateSet(count: steps.count)
        for position in 0...text.count {
            // A match may begin anywhere.
            if enter(start, &current, position, text.count) { return true }
            guard position < text.count else { return false }
            following.removeAll()
            for state in current.states {
                guard case .take(let characters, let next) = steps[state], characters.contains(text[position]) else {
                    continue
                }
                if enter(next, &following, position + 1, text.count) { return true }
            }
            swap(&current, &following)
        }
        return false
    }

    /// Adds a state and what it leads to without taking a character.
    ///
    /// - Returns: whether the match is found.
    private func enter(_ state: Int, _ set: inout StateSet, _ position: Int, _ end: Int) -> Bool {
        var waiting = [state]
        while let state = waiting.popLast() {
            guard set.insert(state) else { continue }
            switch steps[state] {
            case .found: return true
            case .take: break
            case .split(let one, let other): waiting += [other, one]
            case .atStart(let next): if position == 0 { waiting.append(next) }
            case .atEnd(let next): if position == end { waiting.append(next) }
            }
        }
        return false
    }
}

/// States, each once, emptied without touching all of them.
private struct StateSet {
    private(set) var states: [Int] = []
    private var isIn: [Bool]

    init(count: Int) {
        isIn = [Bool](repeating: false, count: count)
    }

    mutating func insert(_ state: Int) -> Bool {
        guard !isIn[state] else { return false }
        isIn[state] = true
        states.append(state)
        return true
    }

    mutating func removeAll() {
        for state in states { isIn[state] = false }
        states.removeAll(keepingCapacity: true)
    }
}
