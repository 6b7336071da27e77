/// Makes up ids for nodes without a name as GStreamer does: the factory's name and a number, counted for each
/// factory from 0, with `-` between when the factory's name ends in a digit.
struct NodeNames {
    private var taken: Set<String>
    private var counts: [String: Int] = [:]

    init(taken: Set<String>) {
        self.taken = taken
    }

    /// Called for every node in the order of the text: a named one counts too, as in gst-launch. Taps count only
    /// when they have no name, so that the first unnamed one is tap0.
    mutating func next(for node: DraftNode) -> String {
        let base: String
        switch node.kind {
        case .named(let name, _): base = name
        case .caps: base = "caps"
        case .tap: base = "tap"
        }
        if node.kind == .tap, node.name != nil { return "" }
        let stem = base.unicodeScalars.last?.isASCIIDigit == true ? base + "-" : base
        while true {
            let id = stem + String(counts[base, default: 0])
            counts[base, default: 0] += 1
            if node.name != nil || taken.insert(id).inserted { return id }
        }
    }
}
