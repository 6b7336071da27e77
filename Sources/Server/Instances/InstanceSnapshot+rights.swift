extension InstanceSnapshot {
    /// What of it somebody may see: viewers see how it is, and not how it is done. Where cameras are, what they are asked with, and
    /// what goes on behind, is nobody's but the operators'.
    ///
    /// - Returns: nil: they may not know that it is there.
    func shown(to rights: Rights) -> InstanceSnapshot? {
        if rights.seesAll { return self }
        guard rights.sees(instance: id) else { return nil }
        var shown = self
        shown.taps = taps.filter { rights.sees(instance: id, tap: $0) }
        (shown.plan, shown.parameters, shown.message, shown.stages, shown.branches) = ("", [:], nil, [], [])
        for place in shown.sources.indices { (shown.sources[place].message, shown.sources[place].device) = (nil, nil) }
        return shown
    }
}
