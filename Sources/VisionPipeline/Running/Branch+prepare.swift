internal import Dispatch

extension [Branch] {
    /// Makes all ready. One that takes long holds nobody for long, and misses what comes before it is.
    ///
    /// - Parameters:
    ///   - events: what an attempt's elements say.
    ///   - failed: an attempt could not be made ready.
    func prepare(
        events: @escaping @Sendable (PipelineEvent, Branch, BuiltSegment) -> Void,
        failed: @escaping @Sendable (Branch, BuiltSegment) -> Void
    ) {
        let group = DispatchGroup()
        var waiting = self
        while !waiting.isEmpty {
            // One that another branch feeds comes after that one.
            let next = waiting.filter(\.isConfigured)
            for branch in next.isEmpty ? waiting : next {
                branch.prepare(
                    in: group,
                    events: { [weak branch] event, segment in if let branch { events(event, branch, segment) } },
                    failed: { [weak branch] segment in if let branch { failed(branch, segment) } })
            }
            waiting = next.isEmpty ? [] : waiting.filter { branch in !next.contains { $0 === branch } }
        }
        _ = group.wait(timeout: .now() + .seconds(2))
    }
}
