extension Plan {
    /// Parses a plan's text.
    ///
    /// Time is linear in the length of the text.
    /// - Throws: `PlanError` with every problem that the text alone shows.
    public init(parsing text: String, limits: PlanLimits = .trusted) throws(PlanError) {
        var diagnostics = DiagnosticList()
        guard text.utf8.count <= limits.textBytes else {
            diagnostics.error(
                .limitExceeded, at: SourceRange(line: 1, column: 1, length: 1),
                "a plan has at most \(limits.textBytes) bytes, this text has \(text.utf8.count)")
            throw PlanError(diagnostics.sorted)
        }
        let cut = FrontMatter.cut(text, diagnostics: &diagnostics)
        if diagnostics.hasErrors { throw PlanError(diagnostics.sorted) }
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
        // What the rest says of names and links is not known.
        if chains.isCut { throw PlanError(chains.diagnostics.sorted) }
        var assembler = GraphAssembler(chains.draft, diagnostics: chains.diagnostics)
        assembler.assemble()
        var check = PlanCheck(
            assembler.graph, frontMatter: frontMatter, limits: limits, diagnostics: assembler.diagnostics)
        check.run()
        if check.diagnostics.hasErrors { throw PlanError(check.diagnostics.sorted) }
        var preview = PreviewTap(
            graph: assembler.graph, isTrusted: limits.isTrusted, diagnostics: check.diagnostics)
        preview.replaceDisplaySinks()
        preview.addWhenThereIsNone(chainEnds: assembler.chainEnds)
        self.init(
            text: text, title: frontMatter.title, parameters: frontMatter.parameters, graph: preview.graph,
            warnings: preview.diagnostics.sorted, parameterPlaces: frontMatter.places)
    }
}
