/// The elements that text from the network may use, each with the properties that it may set.
///
/// Nothing here opens a file, reaches another host than a camera, starts a program or makes elements from text.
/// An element or a property that is not listed is refused; there is no list of bad ones to be incomplete.
enum ElementTable {
    typealias Properties = [PropertyName: PropertyRule]

    static let elements: [String: Properties] = sources.merging(codecs) { first, _ in first }
        .merging(pictures) { first, _ in first }
        .merging(flow) { first, _ in first }

    private static let colour = PropertyRule.integer(-0x8000_0000...0xFFFF_FFFF)
    private static let threads = PropertyRule.integer(0...4)
    private static let pixels = PropertyRule.integer(0...7680)
    private static let offset = PropertyRule.integer(-7680...7680)

    private static let sources: [String: Properties] = [
        "rtspsrc": [
            "location": .camera, "latency": .integer(0...10_000), "timeout": .integer(0...60_000_000),
            // Not over UDP, where it sends to any address that the server names. By number as well.
            "protocols": .choice(["tcp", "tls", "tcp+tls", "tls+tcp", "4", "32", "36"]),
            "tcp-timeout": .integer(0...60_000_000), "drop-on-latency": .boolean, "do-rtcp": .boolean,
            "do-rtsp-keep-alive": .boolean, "do-retransmission": .boolean, "buffer-mode": .nick,
            "udp-buffer-size": .integer(0...(16 << 20)), "udp-reconnect": .boolean, "retry": .integer(0...100),
            "is-live": .boolean, "short-header": .boolean, "user-id": .credential, "user-pw": .credential,
        ],
        "v4l2src": [
            "device": .device, "io-mode": .nick, "num-buffers": .integer(-1...1_000_000_000), "do-timestamp": .boolean,
            "brightness": .integer(-65_536...65_536), "contrast": .integer(-65_536...65_536),
            "hue": .integer(-65_536...65_536), "saturation": .integer(-65_536...65_536), "norm": .nick,
            "force-aspect-ratio": .boolean,
        ],
        "videotestsrc": [
            "pattern": .nick, "is-live": .boolean, "num-buffers": .integer(-1...1_000_000_000),
            "do-timestamp": .boolean,
            "horizontal-speed": .integer(-1_000...1_000), "motion": .nick, "animation-mode": .nick, "flip": .boolean,
            "background-color": colour, "foreground-color": colour,
        ],
    ]

    private static let decoder: Properties = [
        "max-threads": threads, "thread-type": .nick, "skip-frame": .nick, "output-corrupt": .boolean,
        "discard-corrupted-frames": .boolean, "direct-rendering": .boolean, "lowres": .nick,
        "max-errors": .integer(-1...1_000_000), "qos": .boolean,
    ]
    private static let parser: Properties = ["config-interval": .integer(-1...3_600), "disable-passthrough": .boolean]
    private static let codecs: [String: Properties] = [
        "rtph264depay": ["wait-for-keyframe": .boolean, "request-keyframe": .boolean],
        "rtph265depay": [:],
        "rtpjpegdepay": [:],
        "h264parse": parser,
        "h265parse": parser,
        "jpegparse": ["disable-passthrough": .boolean],
        "avdec_h264": decoder,
        "avdec_h265": decoder,
        "jpegdec": ["idct-method": .nick, "max-errors": .integer(-1...1_000_000), "qos": .boolean],
        "jpegenc": ["quality": .integer(0...100), "idct-method": .nick, "qos": .boolean],
        // Not `pass`, `multipass-cache-file` and `option-string`: they write files.
        "x264enc": [
            "bitrate": .integer(1...50_000), "tune": .nick, "speed-preset": .nick, "key-int-max": .integer(0...600),
            "threads": threads, "bframes": .integer(0...4), "byte-stream": .boolean, "aud": .boolean,
            "qp-min": .integer(0...51), "qp-max": .integer(0...51), "rc-lookahead": .integer(0...60),
            "vbv-buf-capacity": .integer(0...10_000), "sliced-threads": .boolean,
        ],
    ]

    private static let converter: Properties = [
        "n-threads": threads, "method": .nick, "dither": .nick, "chroma-mode": .nick, "chroma-resampler": .nick,
        "matrix-mode": .nick, "gamma-mode": .nick, "primaries-mode": .nick, "alpha-mode": .nick,
        "add-borders": .boolean,
        "qos": .boolean,
    ]
    private static let overlay: Properties = [
        "text": .caption(256), "font-desc": .font, "halignment": .nick, "valignment": .nick, "line-alignment": .nick,
        "xpad": offset, "ypad": offset, "deltax": offset, "deltay": offset, "xpos": .number(0...1),
        "ypos": .number(0...1),
        "color": colour, "outline-color": colour, "shaded-background": .boolean, "shading-value": .integer(1...255),
        "draw-shadow": .boolean, "draw-outline": .boolean, "auto-resize": .boolean, "scale-mode": .nick,
        "wrap-mode": .nick, "wait-text": .boolean, "silent": .boolean,
    ]
    private static let pictures: [String: Properties] = [
        "videoconvert": converter,
        "videoscale": converter,
        "videoconvertscale": converter,
        "videorate": [
            "drop-only": .boolean, "max-rate": .integer(1...120), "skip-to-first": .boolean, "silent": .boolean,
            "average-period": .integer(0...60_000_000_000),
        ],
        "videocrop": ["left": pixels, "right": pixels, "top": pixels, "bottom": pixels, "qos": .boolean],
        "videoflip": ["method": .nick, "video-direction": .nick, "qos": .boolean],
        "videobalance": [
            "brightness": .number(-1...1), "contrast": .number(0...2), "hue": .number(-1...1),
            "saturation": .number(0...2), "qos": .boolean,
        ],
        "textoverlay": overlay,
        "timeoverlay": overlay.merging(["time-mode": .nick, "show-times-as-dates": .boolean]) { first, _ in first },
        "clockoverlay": overlay.merging(["time-format": .timeFormat]) { first, _ in first },
    ]

    private static let flow: [String: Properties] = [
        "queue": [
            "max-size-buffers": .integer(0...200), "max-size-bytes": .integer(0...(64 << 20)),
            "max-size-time": .integer(0...10_000_000_000), "leaky": .nick, "silent": .boolean, "flush-on-eos": .boolean,
        ],
        "tee": ["allow-not-linked": .boolean, "silent": .boolean],
        "valve": ["drop": .boolean, "drop-mode": .nick],
        // Not `dump`, which writes what passes into the log.
        "identity": [
            "sync": .boolean, "silent": .boolean, "drop-probability": .number(0...1), "drop-allocation": .boolean,
            "single-segment": .boolean,
        ],
        "watchdog": ["timeout": .integer(0...3_600_000), "qos": .boolean],
        "errorignore": [
            "ignore-error": .boolean, "ignore-notlinked": .boolean, "ignore-notnegotiated": .boolean,
            "ignore-eos": .boolean, "convert-to": .nick,
        ],
        "fakesink": ["sync": .boolean, "async": .boolean, "silent": .boolean, "qos": .boolean],
    ]
}
