import Plans
import Testing

@Suite("Plan text from the network")
struct PolicyTests {
    /// Ways around a check of element names, each of which wrote or opened a file in a naive server.
    static let bypasses: [BadPlan] = [
        // (a) What a template would have made of a value.
        BadPlan("videotestsrc pattern=ball ! filesink location=/tmp/canary ! streamtap", "1:29:8 element_not_allowed"),
        // (b) A quote that ends too early.
        BadPlan("textoverlay text=\"a\" ! filesink location=\"/tmp/canary\"", "1:24:8 element_not_allowed"),
        BadPlan(
            "videotestsrc ! textoverlay text=\"a\"b\" ! filesink location=/tmp/canary", "1:37:1 unterminated_string"),
        // (c) Addresses that make elements of their own.
        BadPlan("file:///etc/hostname ! streamtap", "1:1:20 unsupported_syntax"),
        BadPlan("videotestsrc ! file:///tmp/canary", "1:16:18 unsupported_syntax"),
        BadPlan("videotestsrc ! gst:file:///tmp/canary", "1:16:22 unsupported_syntax"),
        // (d) Properties that are pipelines.
        BadPlan(
            "videotestsrc ! fpsdisplaysink video-sink=\"filesink location=/tmp/canary\"", "1:16:14 element_not_allowed"),
        BadPlan("videotestsrc ! gst:autovideosink ts-offset=1", "1:16:17 element_not_allowed"),
        BadPlan(
            "videotestsrc ! tee name=t ! streamtap t. ! autovideosink filter-caps=a", "1:44:13 element_not_allowed"),
        // (e) Bins with sinks inside.
        BadPlan("videotestsrc ! x264enc ! splitmuxsink location=/tmp/canary", "1:26:12 element_not_allowed"),
        BadPlan("videotestsrc ! x264enc ! hlssink2 location=/tmp/canary", "1:26:8 element_not_allowed"),
        // (f) Bins in brackets.
        BadPlan("bin.( videotestsrc ! filesink location=/tmp/canary )", "1:1:5 unsupported_syntax"),
        BadPlan("( videotestsrc ! filesink location=/tmp/canary )", "1:1:1 unsupported_syntax"),
        // (g) Harmless elements with properties that write files.
        BadPlan(
            "videotestsrc ! x264enc option-string=\"dump-yuv=/tmp/canary\" ! fakesink", "1:24:13 property_not_allowed"),
        BadPlan(
            "videotestsrc ! x264enc pass=pass1 multipass-cache-file=/tmp/canary ! fakesink",
            "1:24:4 property_not_allowed", "1:35:20 property_not_allowed"),
        BadPlan("videotestsrc ! gdkpixbufoverlay location=/etc/passwd ! streamtap", "1:16:16 element_not_allowed"),
        BadPlan("videotestsrc ! identity dump=true ! streamtap", "1:25:4 property_not_allowed"),
        // (h) Children that appear after the check.
        BadPlan("rtspsrc name=u udpsrc0::uri=udp://a ! streamtap", "1:16:12 property_not_allowed"),
        BadPlan("videotestsrc ! tee name=t t::src::location=/tmp/canary ! streamtap", "1:27:16 property_not_allowed"),
    ]

    static let elements: [BadPlan] = [
        BadPlan("uridecodebin uri=rtsp://10.0.0.5/main ! streamtap", "1:1:12 element_not_allowed"),
        BadPlan("rtspsrc location=rtsp://10.0.0.5/main ! decodebin ! streamtap", "1:41:9 element_not_allowed"),
        BadPlan("playbin uri=rtsp://10.0.0.5/main", "1:1:7 element_not_allowed"),
        BadPlan("parsebin ! streamtap", "1:1:8 element_not_allowed"),
        BadPlan("filesrc location=/etc/passwd ! streamtap", "1:1:7 element_not_allowed"),
        BadPlan("udpsrc port=5 ! streamtap", "1:1:6 element_not_allowed"),
        BadPlan("appsrc ! streamtap", "1:1:6 element_not_allowed"),
        BadPlan("videotestsrc ! gst:grayscale ! streamtap", "1:16:13 element_not_allowed"),
        BadPlan("videotestsrc ! capsfilter caps=video/x-raw ! streamtap", "1:16:10 element_not_allowed"),
        BadPlan("videotestsrc ! detect model=/etc/passwd ! streamtap", "1:23:5 property_not_allowed"),
        BadPlan("v4l2src device-fd=3 ! streamtap", "1:9:9 property_not_allowed"),
        BadPlan("v4l2src device=/dev/../etc/passwd ! streamtap", "1:16:18 value_not_allowed"),
        BadPlan("queue max-size-bytes=0 max-size-buffers=0 max-size-time=0 ! streamtap", "1:57:1 value_not_allowed"),
        BadPlan("videotestsrc ! clockoverlay time-format=%999999999Y ! streamtap", "1:41:11 value_not_allowed"),
        BadPlan("videotestsrc ! clockoverlay font-desc=\"Sans 90000\" ! streamtap", "1:39:12 value_not_allowed"),
        BadPlan("videotestsrc ! videocrop left=-9223372036854775808 ! streamtap", "1:31:20 value_not_allowed"),
        BadPlan("videotestsrc ! textoverlay text=\"\u{202E}a\" ! streamtap", "1:34:1 deceptive_character"),
        BadPlan("# \u{2066}\r\nvideotestsrc ! streamtap", "1:3:1 deceptive_character"),
        BadPlan("videotestsrc \u{0} ! streamtap", "1:14:1 syntax"),
        // GObject takes `_` for `-`.
        BadPlan("queue max_size_bytes=0 max-size_buffers=0 max_size-time=0 ! streamtap", "1:57:1 value_not_allowed"),
        BadPlan("videotestsrc num_buffers=-5 ! streamtap", "1:26:2 value_not_allowed"),
        BadPlan("rtspsrc user_pw=\"\" ! streamtap", "1:17:2 value_not_allowed"),
        BadPlan("v4l2src device_fd=3 ! streamtap", "1:9:9 property_not_allowed"),
        BadPlan("videotestsrc ! x264enc option_string=a ! fakesink", "1:24:13 property_not_allowed"),
        BadPlan("videotestsrc ! detect labels_file=/etc/passwd ! streamtap", "1:23:11 property_not_allowed"),
        BadPlan("videotestsrc ! detect file-name=/etc/passwd ! streamtap", "1:23:9 property_not_allowed"),
        BadPlan("videotestsrc ! detect server=evil.example ! streamtap", "1:23:6 property_not_allowed"),
        BadPlan("videotestsrc ! detect host=evil.example ! streamtap", "1:23:4 property_not_allowed"),
        BadPlan("videotestsrc ! detect Model=/etc/passwd ! streamtap", "1:23:5 property_not_allowed"),
    ]

    static let caps: [BadPlan] = [
        BadPlan(
            "videotestsrc ! video/x-raw,width=30000,height=30000 ! streamtap", "1:34:5 value_not_allowed",
            "1:47:5 value_not_allowed"),
        BadPlan(
            "videotestsrc ! video/x-raw,width=1,height=2147483647 ! streamtap", "1:34:1 value_not_allowed",
            "1:43:10 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,framerate=1000000000/1 ! streamtap", "1:38:12 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,framerate=121 ! streamtap", "1:38:3 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,framerate=[1/1,500/1] ! streamtap", "1:38:11 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,width=[16,2147483647] ! streamtap", "1:34:15 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,width={640,[16,99999]} ! streamtap", "1:34:16 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,width=(int)0x7fffffff ! streamtap", "1:34:15 value_not_allowed"),
        BadPlan("videotestsrc ! \"video/x-raw,width=\\\"99999\\\"\" ! streamtap", "1:35:10 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,width=-5 ! streamtap", "1:34:2 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,format=ARGB64 ! streamtap", "1:35:6 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,pixel-aspect-ratio=1/99999 ! streamtap", "1:47:7 value_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw,max-framerate=500/1 ! streamtap", "1:28:13 property_not_allowed"),
        BadPlan("videotestsrc ! video/x-raw(memory:DMABuf) ! streamtap", "1:16:11 value_not_allowed"),
        BadPlan(
            "videotestsrc ! video/x-raw,width=640;video/x-bayer,width=640 ! streamtap", "1:38:13 value_not_allowed"),
        BadPlan("rtspsrc ! application/x-rtp,media=audio ! streamtap", "1:35:5 value_not_allowed"),
    ]

    static let parameters: [BadPlan] = [
        BadPlan(
            withParameter(
                "type: string, pattern: \"(a+)+$\", default: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
                "videotestsrc pattern=${a} ! streamtap"), "3:30:8 pattern_not_allowed"),
        BadPlan(
            withParameter("type: string, format: secret", "videotestsrc ! textoverlay text=${a} ! streamtap"),
            "5:33:4 parameter_not_allowed_here"),
        BadPlan(
            withParameter("type: string, format: secret", "videotestsrc ! blur mode=${a} ! streamtap"),
            "5:26:4 parameter_not_allowed_here"),
        BadPlan(
            withParameter("type: string, default: \"rtsp://127.0.0.1/a\"", "rtspsrc location=${a} ! streamtap"),
            "5:18:4 value_not_allowed"),
        BadPlan(
            withParameter("type: integer, default: 30000", "videotestsrc ! video/x-raw,width=${a} ! streamtap"),
            "5:34:4 value_not_allowed"),
        BadPlan(
            withParameter("type: string, default: a", "videotestsrc ! filesink location=${a}"),
            "5:16:8 element_not_allowed"),
    ]

    @Test("Each is refused at its place", arguments: bypasses + elements + caps + parameters)
    func refused(_ plan: BadPlan) {
        #expect(refusals(plan.text).map(\.outline) == plan.expected)
    }

    @Test("Every refusal by the policy names its rule", arguments: bypasses + elements + caps + parameters)
    func rule(_ plan: BadPlan) {
        let codes: Set<Diagnostic.Code> = [
            .elementNotAllowed, .propertyNotAllowed, .valueNotAllowed, .patternNotAllowed, .deceptiveCharacter,
        ]
        for diagnostic in refusals(plan.text) where codes.contains(diagnostic.code) {
            let hint = diagnostic.hint ?? ""
            #expect(hint.hasPrefix("rule ") || hint.hasPrefix("did you mean"), "\(diagnostic)")
            #expect(diagnostic.severity == .error)
        }
    }

    static let usual: [String] = [
        """
        rtspsrc location=rtsp://10.0.0.5/main latency=100 protocols=tcp user-id=a user-pw="b c"
          ! application/x-rtp,media=video,encoding-name=H264
          ! rtph264depay ! h264parse config-interval=-1 ! avdec_h264 max-threads=2 ! streamtap ! grayscale name=g ! streamtap
        """,
        "v4l2src device=/dev/video0 ! image/jpeg,width=1920,height=1080,framerate=30/1 ! streamtap quality=80",
        "v4l2src ! video/x-raw,format=(string){ YUY2, NV12 },width=[ 320, 1920, 2 ],framerate=(fraction)30000/1001 ! videoconvert ! streamtap",
        "videotestsrc is-live=true pattern=ball ! video/x-raw(memory:SystemMemory),width=7680,height=4320,framerate=120/1 ! streamtap",
        "videotestsrc ! tee name=t t. ! queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! streamtap t. ! queue ! fakesink sync=false",
        "videotestsrc ! clockoverlay time-format=\"%D %H:%M:%S\" font-desc=\"Sans, 24\" color=0xff00ff00 ! textoverlay text=\"Büro №5\" ! autovideosink sync=false",
        "videotestsrc ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=500 key-int-max=30 ! h264parse ! avdec_h264 ! streamtap",
        "---\nparameters:\n  p: {type: string, format: secret}\n---\nrtspsrc location=rtsp://10.0.0.5/ user-pw=${p} ! streamtap",
    ]

    @Test("What cameras need is allowed", arguments: usual)
    func allowed(_ text: String) {
        #expect(refusals(text).isEmpty)
    }

    @Test("Internal elements cannot be named, and automatic ones never appear")
    func sets() {
        #expect(TextPolicy.elements.isSubset(of: TextPolicy.elementsInPipeline))
        #expect(
            TextPolicy.elements.isDisjoint(with: [
                "udpsrc", "udpsink", "appsrc", "appsink", "bin", "pipeline", "capsfilter",
            ]))
        #expect(
            TextPolicy.elementsInPipeline.isDisjoint(with: [
                "decodebin", "filesrc", "filesink", "typefind", "souphttpsrc",
            ]))
    }

    @Test("Plans of the plans directory may do all this")
    func trusted() throws {
        for plan in [
            "filesrc location=/a ! decodebin ! streamtap", "videotestsrc ! video/x-raw,width=30000 ! streamtap",
        ] {
            _ = try Plan(parsing: plan)
        }
    }
}
