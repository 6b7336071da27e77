internal import CGStreamer
internal import WorkerLink

/// What comes to a decoder: which of it is sound and of an allowed size, and what shows of it before it is decoded.
struct DecoderInput: ~Copyable {
    /// Borrowed: this lives in probes on its pads.
    let decoder: UnsafeMutablePointer<GstElement>
    private var screen: PictureScreen
    private var threads = DecoderThreads()
    private var header = FrameHeaderJoint()
    private var hasComplained = false
    let isJPEGDec: Bool

    init(_ decoder: UnsafeMutablePointer<GstElement>, _ limit: PictureLimit) {
        self.decoder = decoder
        screen = PictureScreen(limit)
        isJPEGDec = decoder.factoryName == "jpegdec"
    }

    var isUnknown: Bool { screen.isUnknown }
    /// Each is whole by itself.
    var isPictures: Bool { screen.isPictures }
    /// What the newest parameter set says of colours; nil, too, where that says nothing.
    var color: CodedColor? { screen.color }

    /// Another stream begins.
    mutating func forgetColor() { screen.forgetColor() }

    /// - Returns: false when pictures of an allowed size have come, and these caps are of such that cannot be.
    mutating func begin(with caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        let decoder = decoder
        header.forget()
        guard
            screen.begin(
                with: caps, isRepeated: isRepeated(caps),
                // Of bytes that nobody has cut into pictures only the size can be judged that they claim.
                isFramed: { decoder.pad(named: "sink").map { PictureFraming.isWhole(before: $0) } == true })
        else { return false }
        if let structure = gst_caps_get_structure(caps, 0), let name = gst_structure_get_name(structure),
            ["video/x-h264", "video/x-h265"].contains(String(cString: name))
        {
            var (width, height) = (gint(0), gint(0))
            gst_structure_get_int(structure, "width", &width)
            gst_structure_get_int(structure, "height", &height)
            threads.choose(for: decoder, width: Int(width), height: Int(height))
            if gst_structure_has_field(structure, "codec_data") == 0 { haveSetsRepeated() }
        }
        complain()
        return true
    }

    /// Whether the decoder has these already, and goes on with the parameter sets that it has.
    private func isRepeated(_ caps: UnsafeMutablePointer<GstCaps>) -> Bool {
        guard let pad = decoder.pad(named: "sink"), let current = gst_pad_get_current_caps(pad.pointer) else {
            return false
        }
        defer { gst_caps_unref(current) }
        return gst_caps_is_equal(current, caps) != 0
    }

    /// Has the parser before the decoder put the parameter sets before each keyframe.
    ///
    /// Caps that change for a word in passing (SEI: light levels, fields) have libav begin anew, without a set where those stand
    /// among the pictures; and depayloaders take them out, so that GStreamer 1.22's parsers put them in once, and when they change.
    private func haveSetsRepeated() {
        let parsers = decoder.pad(named: "sink")?.nearestUpstream { element in
            ["h264parse", "h265parse"].contains(element.factoryName) ? element : nil
        }
        for parser in parsers ?? [] where parser.integer("config-interval") == 0 {
            parser.set("config-interval", Int32(-1))
        }
    }

    /// What is to be judged and to go on in a buffer's place, its reference included; nil where that is as it should be.
    mutating func joined(_ buffer: UnsafeMutablePointer<GstBuffer>) -> FrameHeaderJoint.Result {
        screen.isBytes ? header.joined(buffer) : .same
    }

    mutating func accepts(_ bytes: UnsafeRawBufferPointer, _ look: inout PictureScreen.Look) -> Bool {
        defer { complain() }
        return screen.accepts(bytes, &look)
    }

    /// Ends the run, once, where the first picture is larger than allowed: here and not by the decoder, which would have taken the
    /// memory first.
    private mutating func complain() {
        guard let size = screen.excess, !hasComplained else { return }
        hasComplained = true
        decoder.refuse(size)
    }
}

extension UnsafeMutablePointer<GstElement> {
    /// Reports pictures that are larger than allowed, as an error of this element.
    func refuse(_ size: CodedSize) {
        post(.format, "pictures of \(size.width)×\(size.height) pixels are larger than allowed")
    }
}
