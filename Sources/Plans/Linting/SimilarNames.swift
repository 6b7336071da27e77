/// Two names that a tired reader takes for one. Taps are compared with taps, since only they stand in addresses, and
/// other nodes with other nodes.
struct SimilarNames: LintRule {
    /// Comparing each with each takes time; who names more than this uses a scheme.
    private static let most = 200

    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        let named = flow.nodes.filter(\.isNamed)
        for group in [named.filter { $0.kind == .tap }, named.filter { $0.kind != .tap }] {
            let candidates = group.prefix(Self.most).map { (node: $0, name: Array($0.id.unicodeScalars)) }
            for (index, later) in candidates.enumerated() {
                guard let earlier = candidates[..<index].first(where: { Self.areAlike($0.name, later.name) }) else {
                    continue
                }
                diagnostics.warning(
                    .similarNames, at: later.node.range,
                    "the names '\(earlier.node.id)' and '\(later.node.id)' are easily mixed up",
                    hint: "rename one of them")
            }
        }
    }

    private static func areAlike(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
        guard abs(left.count - right.count) <= 1 else { return false }
        if left.count == right.count,
            zip(left, right).allSatisfy({ $0.properties.lowercaseMapping == $1.properties.lowercaseMapping })
        {
            return true
        }
        let (short, long) = left.count <= right.count ? (left, right) : (right, left)
        guard short.count >= 4 else { return false }
        let start = zip(short, long).prefix { $0 == $1 }.count
        let end = zip(short.reversed(), long.reversed()).prefix { $0 == $1 }.count
        if short.count < long.count {
            // A digit more is a number, and a word more after '-' says enough.
            return start + end >= short.count && long[start].isASCIILetter
        }
        if short.count - start - end == 2, short[start] == long[start + 1], short[start + 1] == long[start] {
            return short[start].isASCIILetter && short[start + 1].isASCIILetter
        }
        guard start + end == short.count - 1, short[start].isASCIILetter, long[start].isASCIILetter else {
            return false
        }
        // `cama` and `camb`, `x-scale` and `y-scale` are lettered on purpose.
        let isLast = start == short.count - 1
        let standsAlone = (start == 0 || !short[start - 1].isASCIILetter) && (isLast || !short[start + 1].isASCIILetter)
        return !isLast && !standsAlone
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIILetter: Bool { isASCIIAlphanumeric && !isASCIIDigit }
}
