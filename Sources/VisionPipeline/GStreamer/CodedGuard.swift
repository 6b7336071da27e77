internal import CGStreamer

/// Stands where coded pictures are written down or sent on as they come, before whatever takes them: only whole pictures of an allowed
/// size go on.
///
/// What is dropped counts among the source's decode errors, whoever decodes it or not. Behind a dropped picture of a video nothing goes on
/// before the next keyframe: what refers to it cannot be decoded either. A keyframe of which packets were lost is dropped as well;
/// any other picture that lacks some goes on, since players conceal it, and a camera on a bad line would be recorded in slides.
final class CodedGuard: @unchecked Sendable {  // the thread that brings the buffers only
    private var screen: PictureScreen
    private let counts: DecodeCounts
    private let lose: @Sendable () -> Void
    /// Borrowed: this lives in probes on its pads.
    private let element: UnsafeMutablePointer<GstElement>
    private var gaps: [PacketGaps]?
    private var refused: UInt64 = 0
    /// Something was dropped, and no keyframe has come since, for so long.
    private var torn: StreamPatience?
    private var hasComplained = false

    private init(
        _ element: UnsafeMutablePointer<GstElement>, _ limit: PictureLimit, _ counts: DecodeCounts,
        _ lose: @escaping @Sendable () -> Void
    ) {
        self.element = element
        self.counts = counts
        self.lose = lose
        screen = PictureScreen(limit, keepsSets: true)
    }

    /// Guards what a pipeline's muxers and sinks get, those that bins make by themselves included.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>, limit: PictureLimit, counting counts: DecodeCounts
    ) {
        ElementWatch.install(on: pipeline) { element in
            let classes = element.factoryClasses
            // What goes to Swift is judged by who takes it.
            guard ["Muxer", "Payloader", "Sink"].contains(where: classes.contains), element.factoryName != "appsink"
            else { return }
            PadWatch.install(on: element, .sink) { pad in
                if let element = pad.parent { install(at: pad, of: element, limit: limit, counting: counts) {} }
            }
        }
    }

    /// - Parameters:
    ///   - pad: where the pictures come in.
    ///   - lose: called for each buffer that is dropped.
    static func install(
        at pad: ElementPad, of element: UnsafeMutablePointer<GstElement>, limit: PictureLimit,
        counting counts: DecodeCounts, lose: @escaping @Sendable () -> Void
    ) {
        let guardian = CodedGuard(element, limit, counts, lose)
        pad.probe([.buffers, .bufferLists, .events]) { guardian.see($0) }
    }

    private func see(_ info: borrowing ProbeInfo) -> PadProbe.Answer {
        if let event = info.event { return hear(event, info) }
        guard !screen.isUnknown else { return .pass }
        if let list = info.bufferList {
            info.put(BufferList.keeping(in: list) { judge($0) != .drop })
            return .pass
        }
        guard let buffer = info.buffer else { return .pass }
        switch judge(buffer) {
        case .pass: return .pass
        case .drop: return .drop
        case .trim(let range):
            guard let trimmed = gst_buffer_copy_region(buffer, Self.whole, gsize(range.lowerBound), gsize(range.count))
            else { return .pass }
            info.put(trimmed)
            gst_buffer_unref(buffer)
            return .pass
        }
    }

    private func hear(_ event: UnsafeMutablePointer<GstEvent>, _ info: borrowing ProbeInfo) -> PadProbe.Answer {
        if event.pointee.type == GST_EVENT_STREAM_START { gaps = nil }
        guard let caps = event.caps else { return .pass }
        gst_object_ref(info.pad)
        let pad = ElementPad(owning: info.pad)
        let isPossible = screen.begin(
            with: caps, isRepeated: false, isFramed: { PictureFraming.isWhole(before: pad) })
        complain()
        guard !isPossible else { return .pass }
        tear()
        return .drop
    }

    // MARK: Buffers

    private enum Verdict: Hashable {
        case pass, drop
        /// Only this much of it is a picture.
        case trim(Range<Int>)
    }

    private func judge(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Verdict {
        var map = GstMapInfo()
        guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return .drop }
        defer { gst_buffer_unmap(buffer, &map) }
        let bytes = UnsafeRawBufferPointer(start: map.data, count: Int(map.size))
        let (flags, time) = (buffer.pointee.mini_object.flags, UInt64(buffer.pointee.pts))
        let isFlaggedKey = flags & GST_BUFFER_FLAG_DELTA_UNIT.rawValue == 0
        var look = PictureScreen.Look()
        let isAccepted = screen.accepts(bytes, &look)
        complain()
        let isKey = look.isKey ?? isFlaggedKey
        guard isAccepted, !(isKey && isIncomplete(look, time, flags)) else {
            refused += 1
            counts.refuseCopy(refused)
            lose()
            if !screen.isPictures { tear() }
            return .drop
        }
        if torn != nil {
            // One that begins to refresh the picture bit by bit is as good a beginning as there is.
            let isBeginning = isFlaggedKey && (look.isKey != false || look.recovery != nil)
            guard isBeginning || torn?.isOver(at: time) == true else {
                lose()
                return .drop
            }
            // Parameter sets go before their keyframe where each unit comes by itself.
            if !screen.isUnits || look.isKey != nil { torn = nil }
        }
        guard let picture = look.jpeg, picture.bytes != bytes.indices else { return .pass }
        return .trim(picture.bytes)
    }

    private func isIncomplete(_ look: PictureScreen.Look, _ time: UInt64, _ flags: UInt32) -> Bool {
        guard !screen.isPictures, look.isKey != nil else { return false }
        if look.isIncomplete == true { return !screen.isUnits }
        let gaps = gaps ?? PacketGaps.onTheWay(to: element)
        self.gaps = gaps
        return gaps.isIncomplete(at: time, isFlagged: flags & GST_BUFFER_FLAG_DISCONT.rawValue != 0) ?? false
    }

    private func tear() { torn = StreamPatience() }

    /// Ends the run, once, where the first picture is larger than allowed.
    private func complain() {
        guard let size = screen.excess, !hasComplained else { return }
        hasComplained = true
        element.refuse(size)
    }

    private static let whole = GstBufferCopyFlags(
        rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue | GST_BUFFER_COPY_META.rawValue
            | GST_BUFFER_COPY_MEMORY.rawValue)
}
