internal import CGStreamer
internal import Synchronization

/// Stands around a decoder of video or pictures: what comes in is sound and no larger than allowed, what goes out begins with a
/// whole picture and has the colours that the bitstream says.
///
/// - A JPEG that was cut, or claims to be too large, is dropped: 2 kB of JPEG can ask for a gigabyte, and a parser glues a cut one to
///   the next and ends the pipeline.
/// - A video or a picture whose header says that it is too large is kept from the decoder; where it begins so, the run ends with that
///   reason. So does one of which only the decoder knows how large it is, when it says so.
/// - Joined between keyframes, decoders make grey pictures up: they are dropped until the first whole one. Later ones that lack
///   something are passed on, flagged as corrupted (`PictureLoss`).
/// - GStreamer 1.22 writes `colorimetry=1:0:0:0` for full-range video without a colour description, which it cannot read itself;
///   where a container lost the range, the parameter set still has it.
final class DecoderGuard: @unchecked Sendable {
    // `input` and `gaps` belong to the thread that feeds the decoder, `output` to the one behind it.

    private var input: DecoderInput
    private lazy var recoder = JPEGRecoder()
    private var output: DecoderOutput
    /// The event that passes is our own.
    private var isRenewing = false
    private let counts: DecodeCounts
    /// Of the packets that the decoder's pictures come in; found with a stream's first picture, when the way is complete.
    private var gaps: [PacketGaps]?
    /// What is lost of the pictures that are in the decoder.
    private let loss = Mutex(PictureLoss())
    /// What comes out of the decoder has the marks of what went in: then timestamps need not tell which picture is which.
    private let keepsMarks: Bool
    /// What the parameter sets say of colours, for the thread behind the decoder.
    private let colors = Mutex(CodedColors())

    private init(_ input: consuming DecoderInput, _ limit: PictureLimit, _ counts: DecodeCounts, keepsMarks: Bool) {
        output = DecoderOutput(input.decoder, limit)
        self.input = input
        self.keepsMarks = keepsMarks
        self.counts = counts
    }

    /// Guards every decoder that the pipeline has, or gets later, and what takes their pictures out of packets.
    static func install(
        on pipeline: UnsafeMutablePointer<GstElement>, limit: PictureLimit, counting counts: DecodeCounts
    ) {
        ElementWatch.install(on: pipeline) { element in
            let classes = element.factoryClasses
            if element.factoryName == "rtpsession" { ContributingSources.install(at: element) }
            if classes.contains("Depayloader") { DepayloaderGuard.install(at: element, limit: limit, counting: counts) }
            let isDecoder = classes.contains("Decoder") && (classes.contains("Video") || classes.contains("Image"))
            guard isDecoder || element.factoryName == "jpegparse", !classes.contains("Bin") else { return }
            let guardian = DecoderGuard(
                DecoderInput(element, limit), limit, counts, keepsMarks: PictureMark.areKept(by: element))
            element.pad(named: "sink")?.probe([.buffers, .events]) { guardian.enter($0) }
            if isDecoder { element.pad(named: "src")?.probe([.buffers, .events]) { guardian.leave($0) } }
        }
    }

    // MARK: Coming in

    private func enter(_ info: borrowing ProbeInfo) -> PadProbe.Answer {
        guard var buffer = info.buffer else { return info.event.map(hear) ?? .pass }
        guard !input.isUnknown || !buffer.isStreamHeader else { return .pass }
        switch input.joined(buffer) {
        case .same: break
        case .nothing: return .drop
        case .other(let joint):
            info.put(joint)
            gst_buffer_unref(buffer)
            buffer = joint
        }
        let time = UInt64(buffer.pointee.pts)
        let gaps = gaps ?? PacketGaps.onTheWay(to: input.decoder)
        self.gaps = gaps
        let isFlagged = buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_DISCONT.rawValue != 0
        var look = PictureScreen.Look(isIncomplete: gaps.isIncomplete(at: time, isFlagged: isFlagged))
        var replacement: UnsafeMutablePointer<GstBuffer>?
        if !input.isUnknown {
            var map = GstMapInfo()
            guard gst_buffer_map(buffer, &map, GST_MAP_READ) != 0 else { return .drop }
            defer { gst_buffer_unmap(buffer, &map) }
            let bytes = UnsafeRawBufferPointer(start: map.data, count: Int(map.size))
            let isAccepted = input.accepts(bytes, &look)
            noteColor()
            guard isAccepted else {
                counts.refuse()
                // Others may refer to it.
                look.isIncomplete = true
                if !input.isPictures { loss.withLock { _ = $0.enter(.init(buffer, look, isAfterGap: true)) } }
                return .drop
            }
            if input.isJPEGDec, let picture = look.jpeg, JPEGRecoder.isNeeded(for: picture) {
                replacement = recoder.recoded(bytes, picture, buffer)
            }
        }
        if let replacement {
            info.put(replacement)
            gst_buffer_unref(buffer)
        }
        // Parsers of H.264 and H.265 flag each keyframe of a byte stream so.
        guard !input.isPictures, !buffer.isStreamHeader || look.isKey != nil else { return .pass }
        let isAfterGap = isFlagged || gaps.contains { $0.isBehindGap(at: time) }
        let isSpoilt = loss.withLock { $0.enter(.init(buffer, look, isAfterGap: isAfterGap)) }
        let color = colors.withLock { $0.enter(at: time) }
        guard keepsMarks else { return .pass }
        if isSpoilt { PictureMark.spoilt.put(on: buffer, info) }
        if let color, let buffer = info.buffer { PictureMark.color.put(on: buffer, info, number: color) }
        return .pass
    }

    private func hear(_ event: UnsafeMutablePointer<GstEvent>) -> PadProbe.Answer {
        switch event.pointee.type {
        case GST_EVENT_STREAM_START:
            loss.withLock { $0 = PictureLoss() }
            gaps = nil
            input.forgetColor()
            colors.withLock { $0 = CodedColors() }
        case GST_EVENT_SEGMENT: loss.withLock { $0.begin() }
        case GST_EVENT_CAPS:
            guard let caps = event.caps else { break }
            // The decoder would refuse them, and the run end over one damaged parameter set.
            guard input.begin(with: caps) else { return .drop }
            noteColor()
        default: break
        }
        return .pass
    }

    private func noteColor() {
        let newest = input.color
        colors.withLock { $0.note(newest) }
    }

    // MARK: Going out

    private func leave(_ info: borrowing ProbeInfo) -> PadProbe.Answer {
        guard let buffer = info.buffer else {
            if let event = info.event, !isRenewing { output.hear(event, info, coded: colors.withLock(\.newest)) }
            return .pass
        }
        renewCaps(for: buffer, at: info.pad)
        let isFlagged = buffer.pointee.mini_object.flags & GST_BUFFER_FLAG_CORRUPTED.rawValue != 0
        let mark = keepsMarks ? PictureMark.spoilt.isOn(buffer) : nil
        let isDamaged = loss.withLock {
            $0.isDamaged(at: UInt64(buffer.pointee.pts), isFlagged: isFlagged, isMarked: mark)
        }
        return output.leave(buffer, info, isDamaged: isDamaged, counting: counts)
    }

    /// Colours that change while the pictures' size and coding do not: decoders say nothing of it, or of a picture to come.
    private func renewCaps(for buffer: UnsafeMutablePointer<GstBuffer>, at pad: UnsafeMutablePointer<GstPad>) {
        let mark = keepsMarks ? PictureMark.color.number(on: buffer) : nil
        let color = colors.withLock {
            keepsMarks ? $0.leave(mark: mark) : $0.color(at: UInt64(buffer.pointee.pts))
        }
        guard let color, let event = output.renewed(for: color) else { return }
        isRenewing = true
        gst_pad_push_event(pad, event)
        isRenewing = false
    }
}

extension UnsafeMutablePointer<GstBuffer> {
    /// What a decoder is told before the first picture (Theora's three headers in Ogg): no picture, whatever its flags say.
    fileprivate var isStreamHeader: Bool {
        pointee.pts == .max && pointee.mini_object.flags & GST_BUFFER_FLAG_HEADER.rawValue != 0
    }
}

extension PictureLoss.CodedPicture {
    fileprivate init(_ buffer: UnsafeMutablePointer<GstBuffer>, _ look: PictureScreen.Look, isAfterGap: Bool) {
        let flags = buffer.pointee.mini_object.flags
        self.init(
            time: UInt64(buffer.pointee.pts), isKey: look.isKey ?? (flags & GST_BUFFER_FLAG_DELTA_UNIT.rawValue == 0),
            isAfterGap: isAfterGap, isIncomplete: look.isIncomplete,
            recovery: look.recovery)
    }
}
