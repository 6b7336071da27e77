/// A branch of a `tee` without a queue runs on the thread of its source: it holds up the other branches, and two of
/// them can wait for each other for ever. Branches of an implied tee have a queue already, and so have those that run apart.
struct TeeBranches: LintRule {
    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for tee in flow.nodes where flow.element(tee) == "tee" {
            let branches = flow.outputs(of: tee.id).filter { !flow.isCut($0) }
            guard branches.count >= 2 else { continue }
            for branch in branches {
                guard let first = flow.node(branch.target), Self.lacksQueue(flow.chain(from: first), flow) else {
                    continue
                }
                diagnostics.warning(
                    .teeWithoutQueue, at: first.range,
                    "this branch of '\(tee.id)' has no queue and can hold up the others",
                    hint: "write a queue first: \(tee.id). ! queue ! …")
            }
        }
    }

    private static let queues: Set<String> = ["queue", "queue2", "multiqueue", "tee"]

    private static func lacksQueue(_ chain: [PlanNode], _ flow: LintGraph) -> Bool {
        !chain.contains { node in
            flow.isSwift(node) || flow.element(node).map(queues.contains) == true
        }
    }
}
