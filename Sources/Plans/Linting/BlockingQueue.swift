/// A full queue stops the branch point before it, and with it every other branch of a live source. It is worth a
/// warning where the branch is likely to be slow: an encoder, or a server that may not answer.
struct BlockingQueue: LintRule {
    private static let networkSinks: Set<String> = [
        "rtspclientsink", "rtmpsink", "rtmp2sink", "srtsink", "tcpclientsink", "shout2send", "souphttpclientsink",
        "curlhttpsink", "whipclientsink", "whipsink", "awss3sink", "kafkasink",
    ]

    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for queue in flow.nodes where flow.element(queue) == "queue" && flow.isLive(queue) && !isLeaky(queue, flow) {
            guard sharesSource(queue, flow) else { continue }
            let branch = flow.chain(from: queue)
            guard !branch.contains(where: { flow.isSwift($0) }),
                let slow = branch.lazy.compactMap({ flow.element($0) }).first(where: Self.isSlow)
            else { continue }
            diagnostics.warning(
                .queueCanBlock, at: queue.range,
                "when \(slow) is slow, this queue fills up and stops the other branches",
                hint: "write queue leaky=downstream: this branch then loses frames, and no other one")
        }
    }

    private func isLeaky(_ queue: PlanNode, _ flow: LintGraph) -> Bool {
        guard queue.sets("leaky") else { return false }
        // A parameter without a default may be anything.
        guard let text = flow.text("leaky", of: queue) else { return true }
        return !["no", "0"].contains(text.lowercased())
    }

    /// Whether another branch hangs on what feeds this one, within GStreamer.
    private func sharesSource(_ queue: PlanNode, _ flow: LintGraph) -> Bool {
        var current = queue
        var steps = 0
        while flow.inputs(of: current.id).count == 1, let edge = flow.inputs(of: current.id).first,
            let parent = flow.node(edge.source), !flow.isSwift(parent), steps < 256
        {
            if flow.isCut(edge) { return false }
            let siblings = flow.outputs(of: parent.id).filter { $0.sourcePad == edge.sourcePad }
            if siblings.count > 1 { return flow.element(parent).map { !PadPerOutput.has($0) } ?? true }
            if flow.element(parent).map({ $0.hasPrefix("queue") }) == true { return false }
            current = parent
            steps += 1
        }
        return false
    }

    private static func isSlow(_ element: String) -> Bool {
        networkSinks.contains(element) || element.hasSuffix("enc") || element.hasPrefix("avenc_")
    }
}

/// Elements that have a pad for each stream: several outputs are no tee.
private enum PadPerOutput {
    static func has(_ element: String) -> Bool {
        element.hasSuffix("demux") || element.hasSuffix("demuxer") || element.hasPrefix("multiqueue")
            || ["rtspsrc", "rtpbin", "demuxer"].contains(element) || AutomaticElements.names.contains(element)
    }
}
