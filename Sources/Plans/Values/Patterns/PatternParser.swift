/// Reads a regular expression.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let deepest = 32
    private static let mostRepeats = 1000

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(Pattern.Problem) -> PatternNode {
        let node = try choice()
        if next != nil { throw Pattern.Problem(message: "a ')' closes nothing") }
        return node
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func choice() throws(Pattern.Problem) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw Pattern.Problem(message: "it is nested too deep") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Pattern.Problem) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try repeated(try atom())) }
        return nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func atom() throws(Pattern.Problem) -> PatternNode {
        guard let scalar = next else { return .empty }
        position += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalar(.dot)
        case "[": return .scalar(try characters())
        case "\\": return .scalar(try escaped())
        case "(":
            if take("?"), !take(":") {
                throw Pattern.Problem(message: "'(?' means something that is not supported; groups are ( ) and (?: )")
            }
            let inner = try choice()
            guard take(")") else { throw Pattern.Problem(message: "a '(' is not closed") }
            return inner
        case "*", "+", "?": throw Pattern.Problem(message: "'\(scalar)' repeats nothing")
        case "{", "}", "]": throw Pattern.Problem(message: "write \\\(scalar) for the character itself")
        default: return .scalar(.only(scalar))
        }
    }

    private mutating func repeated(_ node: PatternNode) throws(Pattern.Problem) -> PatternNode {
        let result: PatternNode
        switch next {
        case "*": result = .repeated(node, least: 0, most: nil)
        case "+": result = .repeated(node, least: 1, most: nil)
        case "?": result = .repeated(node, least: 0, most: 1)
        case "{":
            position += 1
            let least = number()
            let most = take(",") ? number() : least
            let isOpen = position > 0 && scalars[position - 1] == ","
            guard let least, take("}"), isOpen || most != nil, least <= Self.mostRepeats,
                (most ?? 0) <= Self.mostRepeats, isOpen || least <= (most ?? 0)
            else { throw Pattern.Problem(message: "a repetition is {2}, {2,} or {2,5}, at most \(Self.mostRepeats)") }
            result = .repeated(node, least: least, most: isOpen ? nil : most)
            position -= 1
        default: return node
        }
        position += 1
        // As few as possible or as many: that it matches is the same.
        _ = take("?")
        if let after = next, "*+?{".unicodeScalars.contains(after) {
            throw Pattern.Problem(message: "'\(after)' repeats a repetition")
        }
        return result
    }

    private mutating func number() -> Int? {
        let start = position
        while let scalar = next, scalar.isASCIIDigit, position - start < 5 { position += 1 }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<position])
        return Int(String(text))
    }

    private mutating func escaped() throws(Pattern.Problem) -> PatternClass {
        guard let scalar = next else { throw Pattern.Problem(message: "it ends with '\\'") }
        position += 1
        if let named = PatternClass.named(scalar) { return named }
        switch scalar {
        case "n": return .only("\n")
        case "r": return .only("\r")
        case "t": return .only("\t")
        default:
            guard !scalar.isASCIIAlphanumeric else {
                throw Pattern.Problem(message: "'\\\(scalar)' is not supported")
            }
            return .only(scalar)
        }
    }

    /// Behind `[`.
    private mutating func characters() throws(Pattern.Problem) -> PatternClass {
        var result = PatternClass(isNegated: take("^"))
        while let scalar = next, scalar != "]" {
            position += 1
            let first = scalar == "\\" ? try escaped() : .only(scalar)
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                result.ranges += first.isNegated ? first.opposite : first.ranges
                continue
            }
            position += 1
            let end = scalars[position]
            position += 1
            let last = end == "\\" ? try escaped() : .only(end)
            guard let low = first.one, let high = last.one, low <= high else {
                throw Pattern.Problem(message: "a range in [ ] goes from a smaller character to a larger one")
            }
            result.ranges.append(low...high)
        }
        guard take("]") else { throw Pattern.Problem(message: "a '[' is not closed") }
        return result
    }
}

extension PatternClass {
    /// The one character that it is.
    fileprivate var one: UInt32? {
        guard !isNegated, ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }

    /// The ranges between its ranges, which are in order.
    fileprivate var opposite: [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var low: UInt32 = 0
        for range in ranges {
            if range.lowerBound > low { result.append(low...(range.lowerBound - 1)) }
            low = range.upperBound + 1
        }
        return result + [low...0x10FFFF]
    }
}
