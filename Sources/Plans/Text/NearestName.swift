/// Finds what somebody probably meant.
public enum NearestName {
    /// The candidate with the fewest typing errors (Damerau–Levenshtein: a letter too many, missing, wrong, or two
    /// swapped), upper and lower case alike; nil when none is near.
    ///
    /// Among equally near ones the first in alphabetical order wins, so that messages are stable.
    public static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(maximumLength))
        guard !wanted.isEmpty else { return nil }
        // Two slips from five letters on.
        let allowed = wanted.count < 3 ? 0 : max(1, (wanted.count + 1) / 3)
        var best: (distance: Int, name: String)?
        for candidate in candidates where candidate.unicodeScalars.count <= maximumLength {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - wanted.count) <= allowed else { continue }
            let distance = distance(wanted, other)
            guard distance <= allowed else { continue }
            if let current = best, (current.distance, current.name) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.name
    }

    /// As a hint: `did you mean 'NAME'?`
    public static func hint(for name: String, in candidates: some Sequence<String>) -> String? {
        of(name, in: candidates).map { "did you mean '\($0)'?" }
    }

    private static let maximumLength = 64

    /// Optimal string alignment distance, three rows of the usual table.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !right.isEmpty else { return left.count }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            current.reserveCapacity(right.count + 1)
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var value = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    value = min(value, beforeLast[column - 2] + 1)
                }
                current.append(value)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
