internal import CGStreamer
internal import WorkerLink

/// What one appsrc has had: from its branch's first buffer to its end.
struct InletAttempt {
    enum Verdict {
        case ready
        /// From before the branch's beginning, and not missed.
        case early
        /// Cannot be decoded without what is not there.
        case useless
    }

    let source: AppSource
    private(set) var caps: StreamCaps?
    /// Those that came last, and were found to be no change.
    private var known: StreamCaps?
    private var tags: StreamTags?
    private let start: BranchStart
    private let metadata: FrameMetadataQueue?
    private let followsPictures: Bool
    private let isAlone: Bool
    private let isFirst: Bool
    private let isBoundToCaps: Bool
    private var gate = KeyframeGate()
    private var frameTimes = BranchTimeline()
    private var codedTimes: CodedTimeline?
    private var isContinuous = false
    /// Nil where the branch need not know.
    private var delay: InletDelay?
    /// Buffers that had to wait for this appsrc, and come to it all at once: it has room for them, beside the usual.
    var backlog: UInt64 = 0

    /// - Parameters:
    ///   - isAlone: the branch has no other inlet.
    ///   - isFirst: no other appsrc was here before.
    init(
        _ source: AppSource, start: BranchStart, metadata: FrameMetadataQueue?, followsPictures: Bool,
        isAlone: Bool, isFirst: Bool, isBoundToCaps: Bool, delay: InletDelay? = nil
    ) {
        self.delay = delay
        self.isAlone = isAlone
        self.isFirst = isFirst
        self.source = source
        self.start = start
        self.metadata = metadata
        self.followsPictures = followsPictures
        self.isBoundToCaps = isBoundToCaps
    }

    func isFull(for media: StreamCaps.Media) -> Bool { InletCapacity.isFull(source, for: media) }

    /// Something is lost: what builds on it is of no use.
    mutating func tear() {
        gate.close()
        isContinuous = false
    }

    /// Whether what has begun can go on with these caps. Asked of each buffer, answered once for each caps.
    mutating func goesOn(with new: StreamCaps) -> Bool {
        guard let caps, known !== new else { return true }
        guard caps.continues(new) else { return false }
        known = new
        return true
    }

    /// Gives the buffer its times, and the appsrc its caps.
    mutating func prepare(_ buffer: InletBuffer, isLive: Bool) -> Verdict {
        if !start.hasBegun {
            if followsPictures, isLive { return .early }
            // Of a film's several streams it is chance which one comes first.
            if !isLive, isFirst, !isAlone { _ = start.origin(for: 0) }
        }
        guard gate.passes(buffer) else { return .useless }
        if caps !== buffer.caps {
            // What a parser has found out since is nothing that a muxer would take in the middle.
            if caps == nil || !isBoundToCaps {
                gst_app_src_set_caps(source.pointer, buffer.caps.pointer)
                InletCapacity.arrange(source, for: buffer.caps.media, isLive: isLive, room: backlog)
                caps = buffer.caps
            }
        }
        guard stamp(buffer, isLive: isLive) else { return .early }
        if isLive, buffer.buffer.pointee.pts != .max, let zero = start.instant {
            let late = MonotonicClock.now() &- zero &- Int64(clamping: buffer.buffer.pointee.pts)
            if let known = delay?.note(late, of: buffer.caps.media, at: MonotonicClock.now()) {
                InletCapacity.declare(known, of: source)
                start.note(delay: known, of: ObjectIdentifier(source))
            }
            if let room = delay?.room(besides: { start.longestDelay }) {
                InletCapacity.arrange(source, for: buffer.caps.media, isLive: true, room: room + backlog)
            }
        }
        if let told = buffer.tags, told !== tags {
            told.send(to: source)
            tags = told
        }
        if !isContinuous {
            gst_buffer_set_flags(buffer.buffer, GST_BUFFER_FLAG_DISCONT)
            isContinuous = true
        }
        return .ready
    }

    /// - Returns: false for what is before the beginning.
    private mutating func stamp(_ buffer: InletBuffer, isLive: Bool) -> Bool {
        if let frame = buffer.frame {
            stamp(buffer, of: frame)
            return true
        }
        if buffer.isHeader { return true }
        var timeline =
            codedTimes.take() ?? CodedTimeline(isLive: isLive, order: .init(buffer.caps.media), start: start)
        let times = timeline.times(of: buffer, isWhole: buffer.caps.isWhole)
        codedTimes = timeline
        guard let times else { return false }
        buffer.buffer.pointee.pts = GstClockTime(clamping: times.shown)
        buffer.buffer.pointee.dts = times.decoded.map { GstClockTime(clamping: $0) } ?? .max
        return true
    }

    private mutating func stamp(_ buffer: InletBuffer, of frame: Frame) {
        let before = frameTimes.interval
        let time = frameTimes.time(of: frame.time, start: start, captured: frame.captured)
        (buffer.buffer.pointee.pts, buffer.buffer.pointee.dts) = (GstClockTime(time), GstClockTime.max)
        if let interval = buffer.interval ?? frameTimes.interval ?? before {
            buffer.buffer.pointee.duration = GstClockTime(clamping: interval)
        }
        metadata?.record(frame, at: time)
    }
}
