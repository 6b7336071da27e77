/// Reads tokens as chains: which nodes there are and which links were written. Names are looked up later.
struct ChainParser {
    private var tokenizer: Tokenizer
    private let limits: PlanLimits
    private(set) var draft = GraphDraft()

    /// What the chain's last item was, to which the next token may belong.
    private enum Last {
        case nothing, node(Int), reference(SourceRange), refused
    }

    private var last = Last.nothing
    private var upstream: GraphDraft.End?
    private var pendingLink: SourceRange?
    private var pendingPad: String?
    /// A `NAME.` at a chain's start that no `!` followed yet.
    private var unlinkedReference: (name: String, range: SourceRange)?

    /// Whether the text was not read to its end: there is too much of it, or too much wrong with it.
    private(set) var isCut = false

    var diagnostics: DiagnosticList { tokenizer.diagnostics }

    init(_ cells: [SourceCell], limits: PlanLimits, diagnostics: DiagnosticList) {
        self.tokenizer = Tokenizer(cells, diagnostics: diagnostics)
        self.limits = limits
    }

    mutating func parse() {
        tokenizer.skipLaunchCommand()
        // Words beyond any number of elements with their properties are garbage, and reading on would only cost time.
        var wordsLeft = limits.nodes * 16 + 1024
        while let token = tokenizer.next() {
            if tokenizer.diagnostics.isFull { isCut = true }
            if isCut { return }
            wordsLeft -= 1
            if wordsLeft < 0 {
                error(.limitExceeded, at: token.range, "a plan has at most \(limits.nodes) elements")
                isCut = true
                return
            }
            take(token)
        }
        endChain()
        if draft.nodes.isEmpty, !tokenizer.diagnostics.hasErrors {
            tokenizer.diagnostics.error(
                .emptyPlan, at: SourceRange(line: 1, column: 1, length: 1), "the plan holds no element",
                hint: "the smallest one is: videotestsrc ! streamtap")
        }
    }

    private mutating func take(_ token: Token) {
        switch token.kind {
        case .link: link(at: token.range)
        case .word(let name): node(token, name: name)
        case .caps(let structures): add(DraftNode(kind: .caps(structures), range: token.range))
        case .assignment(let assignment): property(assignment)
        case .refusedAssignment: break
        case .reference(let name, let pad): reference(name, pad: pad, at: token.range)
        case .pad(let name): pad(name, at: token.range)
        case .refused(let names):
            draft.refusedNames.formUnion(names)
            attach(.unknown, at: token.range)
            last = .refused
        }
    }

    private mutating func error(
        _ code: Diagnostic.Code, at range: SourceRange, _ message: String, hint: String? = nil
    ) {
        tokenizer.diagnostics.error(code, at: range, message, hint: hint)
    }

    private mutating func link(at range: SourceRange) {
        if pendingLink != nil {
            error(.danglingLink, at: range, "expected an element between two '!'")
            return
        }
        if upstream == nil {
            error(
                .danglingLink, at: range, "expected an element before '!'",
                hint: "a side branch starts with NAME. of the node it hangs on")
            upstream = .init(node: .unknown, pad: nil)
        }
        pendingLink = range
        unlinkedReference = nil
    }

    private mutating func node(_ token: Token, name: String) {
        if name == "streamtap" {
            add(DraftNode(kind: .tap, range: token.range))
        } else if name.hasPrefix("gst:") {
            let element = String(name.dropFirst(4))
            if element.isEmpty {
                error(.syntax, at: token.range, "expected an element's name after 'gst:'")
            }
            add(DraftNode(kind: .named(element, gstreamerOnly: true), range: token.range))
        } else {
            if name.contains(":") || name.contains("%") {
                error(.syntax, at: token.range, "expected an element, found '\(name)'")
            }
            add(DraftNode(kind: .named(name, gstreamerOnly: false), range: token.range))
        }
    }

    private mutating func add(_ node: DraftNode) {
        let index = draft.nodes.count
        if index == limits.nodes {
            error(.limitExceeded, at: node.range, "a plan has at most \(limits.nodes) elements")
            isCut = true
        }
        draft.nodes.append(node)
        attach(.node(index), at: node.range)
        last = .node(index)
    }

    /// Links `target` to what stands before it, or starts a chain with it.
    private mutating func attach(_ target: GraphDraft.Node, at range: SourceRange, pad: String? = nil) {
        if let link = pendingLink, let source = upstream {
            draft.links.append(
                .init(source: source, target: .init(node: target, pad: pad ?? pendingPad), range: link))
        } else {
            endChain()
        }
        pendingLink = nil
        pendingPad = nil
        upstream = .init(node: target, pad: nil)
        draft.chainEnds[draft.chainEnds.count - 1] = target
    }

    private mutating func endChain() {
        if let link = pendingLink {
            error(.danglingLink, at: link, "expected an element after '!'")
        }
        if let reference = unlinkedReference {
            error(
                .danglingLink, at: reference.range, "expected '!' after '\(reference.name).'",
                hint: "NAME. starts a side branch: \(reference.name). ! …")
        }
        pendingLink = nil
        unlinkedReference = nil
        upstream = nil
        draft.chainEnds.append(.unknown)
    }

    private mutating func property(_ assignment: PropertyAssignment) {
        switch last {
        case .node(let index) where pendingLink == nil:
            if case .caps = draft.nodes[index].kind {
                error(
                    .invalidCaps, at: assignment.nameRange, "expected '!' after the caps filter",
                    hint: "the fields of a caps filter are separated by ','")
                return
            }
            draft.nodes[index].add(assignment, limits: limits, to: &tokenizer.diagnostics)
        case .reference where pendingLink == nil:
            error(
                .syntax, at: assignment.nameRange, "'\(assignment.name)' stands behind a reference",
                hint: "a property belongs behind its element")
        case .refused where pendingLink == nil: break
        default:
            error(.syntax, at: assignment.nameRange, "expected an element before '\(assignment.name)='")
            // What is linked from here has something before it, as far as its author goes.
            if upstream == nil { upstream = .init(node: .unknown, pad: nil) }
        }
    }

    private mutating func reference(_ name: String, pad: String?, at range: SourceRange) {
        let isTarget = pendingLink != nil
        attach(.reference(name, range), at: range, pad: pad)
        if !isTarget {
            upstream?.pad = pad
            unlinkedReference = (name, range)
        }
        last = .reference(range)
    }

    /// `a .src ! .sink b`: a pad of the element before or behind.
    private mutating func pad(_ name: String, at range: SourceRange) {
        if pendingLink != nil, pendingPad == nil {
            pendingPad = name
        } else if upstream != nil, pendingLink == nil, upstream?.pad == nil {
            upstream?.pad = name
        } else {
            error(.syntax, at: range, "expected an element before '.\(name)'")
        }
    }
}
