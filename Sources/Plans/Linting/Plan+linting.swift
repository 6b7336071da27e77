extension Plan {
    /// What runs and will still hurt: names that are easily mixed up, branches that hold up the others, recordings
    /// that a crash would lose. Found from the text alone, in time linear in it.
    ///
    /// - Parameter stages: the names that are vision stages.
    /// - Returns: warnings, in the order of the text.
    public func lint(stages: Set<String>) -> [Diagnostic] {
        let flow = LintGraph(self, stages: stages)
        var diagnostics = DiagnosticList()
        let rules: [any LintRule] = [
            SimilarNames(), TeeBranches(), BlockingQueue(), CameraSettings(), HTTPCamera(), SynchronisedSink(),
            FragileRecording(),
            AutomaticDecoder(), LargeTap(), InterlacedPictures(), OpenEnd(), TextMarkup(), OnDemandCapture(),
        ]
        for rule in rules { rule.check(flow, &diagnostics) }
        return diagnostics.sorted
    }
}

extension Plan {
    /// Whether sources are left alone while nobody looks: the plan says so, and nothing in it but taps takes their pictures.
    ///
    /// - Parameter stages: the names that are vision stages.
    public func isOnDemand(stages: Set<String>) -> Bool {
        capturesOnDemand && OnDemandCapture.keeping(LintGraph(self, stages: stages)) == nil
    }
}

/// One thing worth a warning.
protocol LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList)
}
