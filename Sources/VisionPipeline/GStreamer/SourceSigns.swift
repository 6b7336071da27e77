internal import CGStreamer
internal import Synchronization
internal import WorkerLink

/// When a pipeline's sources last showed that they are there, with pictures or without: a camera that saves its pictures while nothing
/// moves still sends sound and reports, and answers.
final class SourceSigns: Sendable {
    /// Of one source.
    final class Sign: Sendable {
        /// What comes within this time belongs together, nanoseconds.
        private static let burst: Int64 = 500_000_000

        /// CLOCK_MONOTONIC, nanoseconds; 0 before the first.
        private let newest = Atomic<Int64>(0)
        private let before = Atomic<Int64>(0)
        private let first = Atomic<Int64>(0)
        private let asked = Atomic<Bool>(false)

        /// It is asked whether it is there when nothing comes, and answers count.
        var isAsked: Bool {
            get { asked.load(ordering: .relaxed) }
            set { asked.store(newValue, ordering: .relaxed) }
        }

        /// Any thread.
        func note(_ now: Int64 = MonotonicClock.now()) {
            let last = newest.exchange(now, ordering: .relaxed)
            if last == 0 { first.store(now, ordering: .relaxed) }
            if now &- last > Self.burst { before.store(last, ordering: .relaxed) }
        }

        /// From the first to the newest, nanoseconds.
        var span: Int64 { newest.load(ordering: .relaxed) &- first.load(ordering: .relaxed) }
        var last: Int64? { newest.load(ordering: .relaxed).nilIfNone }
        /// The newest before what came with the newest.
        var lastBefore: Int64? { before.load(ordering: .relaxed).nilIfNone }
    }

    /// By id of the plan's node.
    private let signs: [String: Sign]

    /// - Parameter names: ids of the plan's nodes by the names that the sources have in the pipeline.
    init(of names: [String: String], in pipeline: UnsafeMutablePointer<GstElement>) {
        let signs = Dictionary(names.values.map { ($0, Sign()) }, uniquingKeysWith: { first, _ in first })
        self.signs = signs
        ElementWatch.install(on: pipeline) { element in
            let isSession = element.factoryName == "rtpbin"
            guard isSession || element.isInnermostSource else { return }
            let name = element.pointee.object.name.map { String(cString: $0) } ?? ""
            guard let sign = (names[name] ?? names[element.nameOfOutermostBin]).flatMap({ signs[$0] }) else { return }
            PadWatch.install(on: element, isSession ? .sink : .source) { pad in
                pad.probe([.buffers, .bufferLists]) { _ in
                    sign.note()
                    return .pass
                }
            }
        }
    }

    subscript(_ source: String) -> Sign? { signs[source] }

    /// The newest of some sources, CLOCK_MONOTONIC nanoseconds.
    func last(of sources: [String]) -> Int64? { sources.compactMap { signs[$0]?.last }.max() }

    /// Each of some sources is asked whether it is there when nothing comes.
    func areAsked(_ sources: [String]) -> Bool {
        !sources.isEmpty && sources.allSatisfy { signs[$0]?.isAsked == true }
    }

    /// One of them went on, without a picture, in the middle of a silence that has just ended.
    ///
    /// - Parameter silence: nanoseconds.
    func livedThrough(_ silence: Int64, until now: Int64, of sources: [String]) -> Bool {
        sources.contains { source in
            guard let sign = signs[source], let last = sign.lastBefore else { return false }
            return last > now - silence + 500_000_000 && last < now - 250_000_000
        }
    }
}

extension Int64 {
    fileprivate var nilIfNone: Int64? { self == 0 ? nil : self }
}

extension UnsafeMutablePointer<GstElement> {
    /// It makes what it gives itself, and no element in it does.
    fileprivate var isInnermostSource: Bool {
        let instance = UnsafeMutableRawPointer(self).assumingMemoryBound(to: GTypeInstance.self)
        return g_type_check_instance_is_a(instance, gst_bin_get_type()) == 0 && pads(.sink).isEmpty
            && templates(GST_PAD_SINK).isEmpty
    }
}
