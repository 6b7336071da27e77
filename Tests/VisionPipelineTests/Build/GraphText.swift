import Plans

/// Graphs for tests, in a few words: `videotestsrc num-buffers=5 ! grayscale name=g ! streamtap ; g. ! streamtap`.
///
/// Not the plan language: words are split at spaces, values hold none. Columns are those of the text.
func graph(_ text: String) -> PlanGraph {
    var graph = PlanGraph()
    var counts: [String: Int] = [:]
    var last: (id: String, pad: String?)?
    var link: SourceRange?
    func range(_ word: Substring) -> SourceRange {
        SourceRange(
            line: 1, column: text.distance(from: text.startIndex, to: word.startIndex) + 1, length: word.count)
    }
    let names = ["streamtap": "tap"]
    for word in text.split(separator: " ") {
        if word == "!" {
            link = range(word)
        } else if word == ";" {
            (last, link) = (nil, nil)
        } else if let equals = word.firstIndex(of: "="), !word.contains("/x-") && !word.hasPrefix("image/") {
            let (name, value) = (word[..<equals], word[word.index(after: equals)...])
            let node = graph.nodes.count - 1
            if name == "name" {
                let old = graph.nodes[node].id
                graph.nodes[node].id = String(value)
                for edge in graph.edges.indices where graph.edges[edge].target == old {
                    graph.edges[edge].target = String(value)
                }
                last = (String(value), nil)
            } else {
                graph.nodes[node].properties.append(
                    PropertyAssignment(
                        name: String(name), value: .literal(String(value)), nameRange: range(name),
                        valueRange: range(value)))
            }
        } else if let dot = word.firstIndex(of: "."), !word.contains("/") {
            let pad = word[word.index(after: dot)...]
            let (id, name) = (String(word[..<dot]), pad.isEmpty ? nil : String(pad))
            if let link, let last {
                graph.edges.append(PlanEdge(from: last.id, pad: last.pad, to: id, pad: name, range: link))
            }
            (last, link) = ((id, name), nil)
        } else {
            let isCaps = word.contains("/")
            let base = isCaps ? "caps" : names[String(word)] ?? String(word.split(separator: ":").last ?? word)
            let id = base + String(counts[base, default: 0])
            counts[base, default: 0] += 1
            let kind: PlanNode.Kind =
                if isCaps {
                    .caps([capsStructure(word, range)])
                } else if word == "streamtap" {
                    .tap
                } else if word.hasPrefix("gst:") {
                    .named(String(word.dropFirst(4)), gstreamerOnly: true)
                } else {
                    .named(String(word), gstreamerOnly: false)
                }
            graph.nodes.append(PlanNode(id: id, kind: kind, isNamed: false, range: range(word)))
            if let link, let last {
                graph.edges.append(PlanEdge(from: last.id, pad: last.pad, to: id, range: link))
            }
            (last, link) = ((id, nil), nil)
        }
    }
    return graph
}

private func capsStructure(_ word: Substring, _ range: (Substring) -> SourceRange) -> CapsStructure {
    let parts = word.split(separator: ",")
    let fields = parts.dropFirst().map { field in
        let pair = field.split(separator: "=", maxSplits: 1)
        return PropertyAssignment(
            name: String(pair[0]), value: .literal(String(pair[1])), nameRange: range(pair[0]),
            valueRange: range(pair[1]))
    }
    return CapsStructure(mediaType: String(parts[0]), fields: fields, range: range(word))
}
