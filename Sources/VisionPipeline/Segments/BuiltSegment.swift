internal import CGStreamer
internal import Dispatch
internal import Foundation
internal import Plans

/// A segment's pipeline in NULL state, with everything known that a runner needs. Driven from one thread at a time.
final class BuiltSegment: @unchecked Sendable {  // whoever drives it does so on one queue
    /// Nil once stopped.
    var pipeline: PipelineHandle?
    let outlets: [FrameOutlet]
    /// What takes the frames of each of `outlets`.
    let trees: [StageTree]
    /// Where its pictures come from.
    private let sources: [BuiltSource]
    /// Of several of them that become one picture, what comes of each.
    private let arrivals: SourceArrivals?
    private let signs: SourceSigns?
    /// With RTSP servers.
    let sessions: RTSPSessions?
    /// Sinks of the plan's own, which may have files to finish.
    let hasOwnSinks: Bool
    /// Of what came to its decoders, and to what writes pictures as they are.
    let decoding: DecodeCounts
    /// The plan says when its pictures are over.
    let hasPlannedEnd: Bool
    /// Queues of implied tees towards elements; borrowed from the pipeline.
    private let branchQueues: [UnsafeMutablePointer<GstElement>]
    /// Plan node ids by the names that elements have in the pipeline.
    private let nodeIDs: [String: String]
    /// Where what flows on does so in a segment of its own.
    let cuts: [CodedOutlet]
    /// Where stages put frames in, or another segment what was cut off from it.
    let inlets: [BranchInlet]
    let start: BranchStart
    /// For a segment that only stages and other segments feed: its failure is nobody else's. Nil for one with sources of its own.
    let branchName: String?
    /// What comes into it comes from several live sources.
    let isJunction: Bool
    /// What has come to its sinks, where it has neither outlets nor cuts; nil where that cannot be known.
    let arrival: ArrivalProbe?
    /// Signalled when all of its sinks have finished.
    private let hasFinished = DispatchSemaphore(value: 0)
    /// For one that can be made once more.
    var recipe: SegmentRecipe?

    init(
        pipeline: consuming PipelineHandle, outlets: [FrameOutlet], trees: [StageTree], cuts: [CodedOutlet] = [],
        sources: [BuiltSource] = [], arrivals: SourceArrivals? = nil, signs: SourceSigns? = nil,
        sessions: RTSPSessions? = nil,
        hasOwnSinks: Bool, decoding: DecodeCounts = DecodeCounts(), hasPlannedEnd: Bool = false,
        branchQueues: [UnsafeMutablePointer<GstElement>], nodeIDs: [String: String], inlets: [BranchInlet] = [],
        start: BranchStart = BranchStart(), branchName: String? = nil, isJunction: Bool = false,
        arrival: ArrivalProbe? = nil
    ) {
        self.pipeline = consume pipeline
        self.outlets = outlets
        self.trees = trees
        self.sources = sources
        self.arrivals = arrivals
        self.signs = signs
        self.sessions = sessions
        self.hasOwnSinks = hasOwnSinks
        self.decoding = decoding
        self.hasPlannedEnd = hasPlannedEnd
        self.branchQueues = branchQueues
        self.nodeIDs = nodeIDs
        self.cuts = cuts
        self.inlets = inlets
        self.start = start
        self.branchName = branchName
        self.isJunction = isJunction
        self.arrival = arrival
    }

    /// Points whose taps are at coded video.
    var points: [CodedPoint] { outlets.compactMap { $0.units as? CodedPoint } }

    /// Ids of its sources, in the order of the text.
    var sourceIDs: [String] { sources.map(\.nodeID) }

    /// When one of its sources last showed that it is there: CLOCK_MONOTONIC, nanoseconds.
    var lastSign: Int64? { signs?.last(of: sourceIDs) }

    /// Ids of the sources that give pictures as they are captured. To be asked in PAUSED or PLAYING.
    var liveSources: Set<String> {
        guard let pipeline = pipeline?.element else { return [] }
        return Set(sources.filter { $0.isLive(in: pipeline) }.map(\.nodeID))
    }

    /// Each of its outlets has its first frame, or none to come.
    var isReady: Bool { outlets.allSatisfy(\.counts.isReady) }

    /// Whether some of its sources may turn out to be live yet.
    var awaitsAnswer: Bool {
        guard let pipeline = pipeline?.element else { return false }
        return sources.contains { $0.awaitsAnswer(in: pipeline) }
    }

    /// - Parameters:
    ///   - plan: what the plan says; nil: they are asked.
    ///   - live: what they answered.
    func configureSources(isLive plan: Bool?, live: Set<String>) {
        arrivals?.configure(live: plan.map { $0 ? Set(sourceIDs) : [] } ?? live)
    }

    /// What its sources give and nothing takes, for people.
    var unclaimed: [String] {
        guard let pipeline = pipeline?.element else { return [] }
        return sources.flatMap { $0.unclaimed(in: pipeline) } + (sessions?.refusedStreams ?? [])
    }

    /// Of a film on this machine: how long nothing has come of it when nothing more will, nanoseconds.
    private static let silence: Int64 = 10_000_000_000

    /// It reads one file alone, something of it has come, all of that has gone on, and nothing has followed for long.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds.
    func isPlayedOut(at now: Int64) -> Bool {
        let isLongAgo = { (last: Int64?) in last.map { now &- $0 > Self.silence } ?? false }
        let hasCome = outlets.isEmpty ? isLongAgo(arrival?.last) : telling.contains { $0.frames > 0 }
        guard hasCome, outlets.allSatisfy({ $0.counts.hasEnded || $0.isDrained && isLongAgo($0.counts.lastActivity) }),
            cuts.allSatisfy({ !$0.isWaiting })
        else { return false }
        return pipeline?.onlyFile != nil && pipeline?.mayBeHeldUp == false
    }

    /// Hears of what becomes of its pipeline; see `PipelineHandle.receiveEvents`.
    func receiveEvents(_ receive: @escaping @Sendable (PipelineEvent) -> Void) {
        pipeline?.receiveEvents { [hasFinished] event in
            if case .endOfStream = event { hasFinished.signal() }
            receive(event)
        }
    }

    /// How long the files of a pipeline that has failed may take to be finished, seconds.
    private static let rescue = 1.0

    /// What has come past the element that failed is in files that can be played; else those without an index yet could not be.
    func finishFiles() {
        // Not here: where what hangs is behind the muxer, the pipeline's end is what frees who waits.
        guard hasOwnSinks, pipeline?.endMuxers(on: .global()) == true else { return }
        _ = hasFinished.wait(timeout: .now() + Self.rescue)
    }

    /// Tells all that wait for its pictures that there are no more. Not from a streaming thread.
    func sendEnds() {
        for outlet in outlets where !outlet.counts.hasEnded { outlet.sendEnd() }
        for cut in cuts { cut.sendEnd() }
        if hasOwnSinks { pipeline?.endMuxers() }
    }

    /// Outlets that show how the sources are: not those that the plan has shut, where there are others.
    var telling: [FrameOutlet] {
        let telling = outlets.filter { !$0.mayBeSilent || $0.counts.frames > 0 }
        return telling.isEmpty ? outlets : telling
    }

    /// Something has come of its sources; where nothing would show it, it is taken to have.
    var hasGivenFrames: Bool {
        outlets.contains { $0.frames > 0 } || outlets.isEmpty && arrival.map { $0.last != nil } ?? true
    }

    /// The plan's name of an element that reported something.
    func nodeID(ofElement name: String) -> String? { nodeIDs[name] }

    /// What it is to do with frames that come too fast, before it leaves PAUSED; see `FrameOutlet.configure`.
    func configure(isLive: Bool, baseTime: Int64?) {
        for outlet in outlets { outlet.configure(isLive: isLive, baseTime: baseTime) }
        for cut in cuts { cut.configure(isLive: isLive) }
        configureBranches(isLive: isLive)
    }

    /// The machine's time at running time zero for a branch that joins several sources, whose frames then say how old they are.
    ///
    /// - Parameter now: CLOCK_MONOTONIC, nanoseconds; taken where the beginning is not known.
    func zero(at now: Int64) -> Int64 {
        guard isJunction, inlets.contains(where: \.isLive), let zero = start.instant else { return now }
        for outlet in outlets { outlet.configure(isLive: true, baseTime: zero) }
        return zero
    }

    /// Another attempt may follow: the end of live pictures is not the end for who takes them.
    func expectSuccessor() {
        for outlet in outlets { outlet.expectSuccessor() }
        for cut in cuts { cut.expectSuccessor() }
    }

    /// An element has reported an error; any thread.
    func attemptFailed() {
        for outlet in outlets { outlet.attemptFailed() }
        for cut in cuts { cut.attemptFailed() }
    }

    /// For branches towards elements: a slow one loses what is too much, and holds nobody.
    func configureBranches(isLive: Bool) {
        guard isLive else { return }
        for queue in branchQueues { queue.set("leaky", enumeration: 2) }
    }

    /// For tests: a property of an element, or of its child, as GLib writes it.
    func string(property: String, of nodeID: String) -> String? {
        guard let name = nodeIDs.first(where: { $0.value == nodeID })?.key, let pipeline = pipeline?.element,
            let element = pipeline.child(named: name)
        else { return nil }
        var words = property.components(separatedBy: "::")
        let last = words.removeLast()
        let child = words.first.flatMap { gst_child_proxy_get_child_by_name(OpaquePointer(element), $0) }
        defer { if let child { gst_object_unref(child) } }
        var value = GValue()
        g_value_init(&value, GObjectType.string)
        defer { g_value_unset(&value) }
        if let child {
            g_object_get_property(child, last, &value)
        } else {
            element.withObject { g_object_get_property($0, last, &value) }
        }
        return g_value_get_string(&value).map { String(cString: $0) }
    }

    /// - Parameter keepingTrees: frames of another attempt will come the same way.
    func stop(keepingTrees: Bool = false) {
        if !keepingTrees { for tree in trees { tree.interrupt() } }
        if let pipeline = pipeline.take() { pipeline.stop() }
        for outlet in outlets { outlet.close(isLast: !keepingTrees) }
    }
}
