internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// What comes of each of several sources whose pictures elements make one of: counted where it comes to those elements.
final class SourceArrivals: Sendable {
    private struct Arrival {
        var meter = ArrivalMeter()
        var isLive = false
        var hasEnded = false
    }

    /// Ids of the plan's nodes by the names that the sources have in the pipeline.
    private let sources: [String: String]
    private let state: Mutex<[String: Arrival]>

    init(of sources: [String: String]) {
        self.sources = sources
        state = Mutex(Dictionary(sources.values.map { ($0, Arrival()) }, uniquingKeysWith: { $1 }))
    }

    /// Of those of the sources that are counted here.
    func progress(of sources: [String], _ signs: SourceSigns?) -> [SourceArrival] {
        state.withLock { state in
            sources.compactMap { id in
                state[id].map {
                    SourceArrival(
                        source: id, frames: $0.meter.count, lastFrame: $0.meter.last, interval: $0.meter.medianInterval,
                        fps: $0.meter.rate(at: MonotonicClock.now()), isLive: $0.isLive, hasEnded: $0.hasEnded,
                        rhythm: SourceRhythm(
                            known: $0.meter.known, longest: $0.meter.longestInterval, lastSign: signs?[id]?.last))
                }
            }
        }
    }

    /// - Parameter live: ids of those that give pictures as they are captured.
    func configure(live: Set<String>) {
        state.withLock { for id in $0.keys { $0[id]?.isLive = live.contains(id) } }
    }

    // MARK: Counting

    /// Counts at the pads that an element has, and will get.
    func watch(_ element: UnsafeMutablePointer<GstElement>) {
        PadWatch.install(on: element, .sink) { [self] in watch($0) }
    }

    private func watch(_ pad: ElementPad) {
        let way = Way()
        pad.probe([.buffers, .events]) { [self] info in
            let isEnd = info.event?.pointee.type == GST_EVENT_EOS
            guard isEnd || info.buffer != nil else { return .pass }
            if !way.isKnown {
                gst_object_ref(info.pad)
                let all = Set(sources(before: ElementPad(owning: info.pad)))
                (way.source, way.isKnown) = (all.count == 1 ? all.first : nil, true)
            }
            if let source = way.source { isEnd ? end(source) : note(source) }
            return .pass
        }
    }

    /// To one pad.
    private final class Way: @unchecked Sendable {  // the thread that feeds the pad only
        /// The only source before it; found with what comes first, when the way is complete.
        var source: String?
        var isKnown = false
    }

    private func note(_ id: String) {
        state.withLock {
            $0[id]?.meter.note(MonotonicClock.now())
            $0[id]?.hasEnded = false
        }
    }

    private func end(_ id: String) { state.withLock { $0[id]?.hasEnded = true } }

    /// Ids of the sources that come by a pad.
    private func sources(before pad: ElementPad) -> [String] {
        pad.nearestUpstream { element in
            let name = element.pointee.object.name.map { String(cString: $0) } ?? ""
            return sources[name] ?? sources[element.nameOfOutermostBin]
        }
    }
}
