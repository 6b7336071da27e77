extension Plan {
    /// Parses a plan's text.
    ///
    /// Time is linear in the length of the text.
    /// - Throws: `PlanError` with every problem that the text alone shows.
    public init(parsing text: String, limits: PlanLimits = .trusted) throws(PlanError) {
        var diagnostics = DiagnosticList()
        guard let parts = Self.read(text, limits: limits, diagnostics: &diagnostics), !diagnostics.hasErrors else {
            throw PlanError(diagnostics.sorted)
        }
        var preview = parts.preview
        preview.addWhenThereIsNone(chainEnds: parts.chainEnds)
        diagnostics.append(preview.diagnostics)
        self.init(
            text: text, title: parts.frontMatter.title, isLive: parts.frontMatter.isLive,
            stall: parts.frontMatter.stall, capturesOnDemand: parts.frontMatter.onDemand != nil,
            parameters: parts.frontMatter.parameters,
            graph: preview.graph, warnings: diagnostics.sorted, parameterPlaces: parts.frontMatter.places)
    }

    /// The nodes of a text that is no plan, as far as they can be told: for finding out what else is wrong with it.
    ///
    /// Names may stand twice; what leads where is not known.
    public static func nodes(ofBroken text: String) -> [PlanNode] {
        var diagnostics = DiagnosticList()
        return read(text, limits: .trusted, diagnostics: &diagnostics)?.graph.nodes ?? []
    }

    private struct Parts {
        var frontMatter = FrontMatter()
        var graph: PlanGraph
        /// The graph with taps for display sinks.
        var preview: PreviewTap
        var chainEnds: [String]
    }

    /// Nil when nothing can be said of the whole.
    private static func read(_ text: String, limits: PlanLimits, diagnostics: inout DiagnosticList) -> Parts? {
        guard text.utf8.count <= limits.textBytes else {
            diagnostics.error(
                .limitExceeded, at: SourceRange(line: 1, column: 1, length: 1),
                "a plan has at most \(limits.textBytes) bytes, this text has \(text.utf8.count)")
            return nil
        }
        let cut = FrontMatter.cut(text, diagnostics: &diagnostics)
        if diagnostics.hasErrors { return nil }
        var frontMatter = FrontMatter()
        if let yaml = cut.yaml {
            var reader = FrontMatterReader(yaml, firstLine: cut.yamlFirstLine, limits: limits, diagnostics: diagnostics)
            reader.read()
            frontMatter = reader.result
            frontMatter.isBroken = reader.diagnostics.hasErrors
            diagnostics = reader.diagnostics
        }
        var cells = CellReader(cut.body, firstLine: cut.bodyFirstLine, diagnostics: diagnostics)
        cells.read()
        var chains = ChainParser(cells.cells, limits: limits, diagnostics: cells.diagnostics)
        chains.parse()
        diagnostics = chains.diagnostics
        // What the rest says of names and links is not known.
        if chains.isCut { return nil }
        var assembler = GraphAssembler(chains.draft, diagnostics: diagnostics)
        assembler.assemble()
        var preview = PreviewTap(graph: assembler.graph, isTrusted: limits.isTrusted)
        preview.replaceDisplaySinks()
        preview.replacePlayers()
        var validator = PlanValidator(
            assembler.graph, frontMatter: frontMatter, limits: limits, diagnostics: assembler.diagnostics)
        validator.validate(taps: preview.graph.nodes.filter { $0.kind == .tap })
        diagnostics = validator.diagnostics
        return Parts(
            frontMatter: frontMatter, graph: assembler.graph, preview: preview, chainEnds: assembler.chainEnds)
    }
}
