internal import CGStreamer
internal import Synchronization

/// Ends a film without timestamps before it is made into a file that nothing plays: `matroskamux` 1.22 writes one, and says nothing.
enum UntimedPictures {
    /// Part of what is said; see `ElementFailure.lacksTimes`.
    static let words = "no timestamps"

    private static let muxers: Set<String> = ["matroskamux", "webmmux"]

    static func install(on pipeline: UnsafeMutablePointer<GstElement>) {
        ElementWatch.install(on: pipeline) { element in
            guard muxers.contains(element.factoryName ?? "") else { return }
            PadWatch.install(on: element, .sink) { watch($0) }
        }
    }

    /// A film's first pictures may lack them, where it was cut.
    private static let patience = 10

    private static func watch(_ pad: ElementPad) {
        let state = State()
        pad.probe([.buffers, .events]) { info in
            if let event = info.event {
                if event.pointee.type == GST_EVENT_CAPS, let caps = event.caps {
                    state.isVideo.store(StreamCaps(caps).media == .video, ordering: .relaxed)
                }
                if event.pointee.type == GST_EVENT_EOS, state.untimed.load(ordering: .relaxed) > 0 {
                    complain(info, state)
                }
                return .pass
            }
            guard let buffer = info.buffer, state.isVideo.load(ordering: .relaxed) else { return .pass }
            if buffer.pointee.pts != .max { state.hasTimes.store(true, ordering: .relaxed) }
            guard !state.hasTimes.load(ordering: .relaxed) else { return .pass }
            if state.untimed.add(1, ordering: .relaxed).newValue >= patience { complain(info, state) }
            return .pass
        }
    }

    private static func complain(_ info: borrowing ProbeInfo, _ state: State) {
        guard !state.hasTimes.exchange(true, ordering: .relaxed) else { return }
        gst_object_ref(info.pad)
        ElementPad(owning: info.pad).parent?.post(.format, words)
    }

    private final class State: Sendable {
        let isVideo = Atomic<Bool>(false)
        let untimed = Atomic<Int>(0)
        /// Or it has been said that there are none.
        let hasTimes = Atomic<Bool>(false)
    }
}
