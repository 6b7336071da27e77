import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What `streamtap check` says of plans, as its author reads it: exact places, stable codes, what to write instead.
    @Suite("The linter")
    struct LinterTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var text: String
            /// `line:column:length code`, in order.
            var expected: [String]
            /// What a hint or a message of one of them says.
            var says: String = ""

            init(_ text: String, _ expected: String..., says: String = "") {
                self.text = text
                self.expected = expected
                self.says = says
            }

            var testDescription: String { text }
        }

        private static let rtsp =
            "rtspsrc location=rtsp://10.0.0.5/a latency=100 protocols=tcp ! rtph264depay ! h264parse"

        static let cases: [Case] = [
            // Unknown elements: the nearest name, or the Debian package.
            Case("videotestsrc ! greyscale ! streamtap", "1:16:9 unknown_element", says: "did you mean 'grayscale'?"),
            Case("videotestsrc ! vaapih264enc ! fakesink", "1:16:12 unknown_element", says: "gstreamer1.0-vaapi"),
            Case("videotestsrc ! avdec_nosuch ! fakesink", "1:16:12 unknown_element", says: "gstreamer1.0-libav"),
            Case("libcamerasrc ! streamtap", "1:1:12 unknown_element", says: "gstreamer1.0-libcamera"),
            Case("videotestsrc patern=ball ! streamtap", "1:14:6 unknown_property", says: "did you mean 'pattern'?"),
            Case("videotestsrc num-buffers=many ! streamtap", "1:26:4 property_type", says: "a whole number"),
            Case("videotestsrc pattern=footbal ! streamtap", "1:22:7 property_type", says: "one of smpte"),
            Case("videotestsrc pattern=bal ! streamtap", "1:22:3 property_type", says: "did you mean 'ball'?"),
            Case("videotestsrc ! x264enc bitrate=-5 ! fakesink", "1:32:2 property_range"),
            Case("videotestsrc ! blur kernel=99 ! streamtap", "1:28:2 option_range"),
            Case("videotestsrc ! blur kernel=wide ! streamtap", "1:28:4 option_type"),
            Case("videotestsrc ! blur kernal=5 ! streamtap", "1:21:6 unknown_option", says: "did you mean 'kernel'?"),
            Case("videotestsrc ! streamtap quality=101", "1:34:3 option_range"),
            // Caps that cannot link, tried for real.
            Case("videotestsrc ! audioconvert ! fakesink", "1:14:1 cannot_link", says: "audio/x-raw"),
            Case("videotestsrc ! video/x-raw,format=NOSUCH ! streamtap", "1:14:1 cannot_link"),
            Case(
                "videotestsrc ! video/x-raw,width=64 ! identity ! video/x-raw,width=128 ! streamtap",
                "1:48:1 cannot_link"),
            Case("audiotestsrc ! streamtap", "1:14:1 cannot_link", says: "take pictures"),
            Case("videotestsrc ! x264enc ! h264parse ! blur ! streamtap", "1:36:1 cannot_link", says: "avdec_h264"),
            Case("videotestsrc ! x264enc ! avdec_h265 ! streamtap", "1:24:1 cannot_link", says: "video/x-h264"),
            Case("videotestsrc name=a ! queue name=b ! fakesink\nb. ! a.", "2:4:1 cannot_link"),
            // Pads that nothing is linked to.
            Case("videoconvert ! streamtap", "1:1:12 cannot_link", says: "nothing feeds"),
            Case("streamtap name=live", "1:1:9 stage_needs_input"),
            // Names.
            Case("videotestsrc name=a ! streamtap\nvideotestsrc name=a ! streamtap", "2:19:1 duplicate_name"),
            Case("videotestsrc ! streamtap name=front ! streamtap name=fornt", "1:39:9 similar_names"),
            // What runs and will still hurt.
            Case(
                "v4l2src ! streamtap ! jpegenc name=c\nc. ! queue ! jpegdec ! x264enc ! flvmux ! rtmpsink location=rtmp://10.0.0.9/a\nc. ! filesink location=b",
                "2:6:5 queue_can_block", says: "leaky=downstream"),
            Case(
                "rtspsrc location=rtsp://10.0.0.5/a ! rtph264depay ! avdec_h264 ! streamtap", "1:1:7 rtspsrc_latency",
                says: "latency=100"),
            Case("v4l2src name=c ! streamtap\nc. ! fakesink sync=true", "2:15:4 sync_on_live", says: "sync=false"),
            Case(
                "\(rtsp) ! tee name=t\nt. ! queue ! avdec_h264 ! streamtap\nt. ! queue ! mp4mux ! filesink location=a.mp4",
                "3:14:6 recording_lost_at_crash", says: "splitmuxsink"),
            Case("filesrc location=a ! decodebin ! streamtap", "1:22:9 automatic_decoder"),
            Case(
                "v4l2src ! video/x-raw,width=3840,height=2160 ! streamtap", "1:48:9 large_tap", says: "width=1280"),
            Case(
                "v4l2src ! video/x-raw,interlace-mode=mixed ! streamtap", "1:23:14 interlaced_pictures",
                says: "deinterlace"),
            Case(
                "videotestsrc ! videotestsrc ! streamtap", "1:14:1 cannot_link",
                says: "nothing flows into 'videotestsrc1'"),
            Case(
                "videotestsrc is-live=true ! tee name=t\nt. ! queue ! streamtap\nt. ! identity ! fakesink",
                "3:6:8 tee_without_queue"),
            // After characters that take several bytes or columns.
            Case("videotestsrc ! textoverlay text=日本📷é ! grayscal ! streamtap", "1:40:8 unknown_element"),
            Case("\tvideotestsrc\tpatern=1 !\tstreamtap", "1:15:6 unknown_property"),
        ]

        private struct Report: Decodable {
            struct File: Decodable {
                var valid: Bool
                var diagnostics: [Found]
            }
            struct Found: Decodable {
                var severity: String
                var line: Int
                var column: Int
                var length: Int
                var code: String
                var message: String
                var hint: String?
            }
            var files: [File]
        }

        private func check(_ texts: [String]) async throws -> [Report.File] {
            let directory = try TemporaryDirectory()
            let files = try texts.enumerated().map { try directory.write($1, to: "\($0).plan") }
            let process = try ChildProcess(StreamTapProcess.executable("streamtap"), ["check", "--json"] + files)
            try await process.ended(within: .seconds(60))
            return try JSONDecoder().decode(Report.self, from: Data(process.output.utf8)).files
        }

        @Test("Each mistake has its place, its length, its code, and what to write instead")
        func places() async throws {
            let reports = try await check(Self.cases.map(\.text))
            #expect(reports.count == Self.cases.count)
            for (expected, report) in zip(Self.cases, reports) {
                let outlines = report.diagnostics.filter { $0.code != "implied_tap" && $0.code != "display_sink" }
                    .map { "\($0.line):\($0.column):\($0.length) \($0.code)" }
                #expect(outlines == expected.expected, "\(expected.text): \(report.diagnostics.map(\.message))")
                let words = report.diagnostics.map { "\($0.message) \($0.hint ?? "")" }.joined(separator: "\n")
                #expect(expected.says.isEmpty || words.contains(expected.says), "\(expected.text): \(words)")
                #expect(report.valid == !report.diagnostics.contains { $0.severity == "error" })
            }
        }

        @Test("Ten mistakes of ten kinds are told in one pass, those of the text and those of the elements")
        func tenAtOnce() async throws {
            let text = """
                ---
                parameters:
                  width: {type: integer, default: wide}
                ---
                videotestsrc patern=ball
                  ! greyscale
                  ! blur kernel=99
                  ! streamtap name=Live
                videotestsrc num-buffers=many blocksize=-5 ! streamtap quality=101 name=a
                nobody. ! streamtap name=a
                videotestsrc ! textoverlay text=${caption} ! ! streamtap
                """
            let report = try #require(try await check([text]).first)
            let codes = report.diagnostics.map(\.code)
            let expected = [
                "parameter_type", "unknown_property", "unknown_element", "option_range", "invalid_name",
                "property_type", "property_range", "unknown_branch", "duplicate_name", "unknown_parameter",
                "dangling_link",
            ]
            for code in expected { #expect(codes.contains(code), "\(code) is missing among \(codes)") }
            #expect(codes.count >= 11)
            let places = report.diagnostics.map { $0.line * 1000 + $0.column }
            #expect(places == places.sorted())
        }

        @Test("On a terminal with colours, into a pipe without; the caret under its character")
        func terminal() async throws {
            let file = try TemporaryDirectory().write(
                "\tvideotestsrc ! textoverlay text=日本 ! blurr ! streamtap\n", to: "a.plan")
            let streamtap = StreamTapProcess.executable("streamtap")
            let piped = try ChildProcess(streamtap, ["check", file])
            #expect(try await piped.ended() == .status(1))
            let lines = piped.output.split(whereSeparator: \.isNewline)
            #expect(lines.first?.hasPrefix("\(file):1:39: error: ") == true, "\(piped.output)")
            #expect(!piped.output.contains("\u{1B}"))
            // Two wide characters take four columns.
            #expect(
                lines.dropFirst(2).first.map(String.init) == "  \t" + String(repeating: " ", count: 39) + "^~~~~",
                "\(piped.output)")

            let terminal = try ChildProcess("/usr/bin/script", ["-qec", "'\(streamtap)' check '\(file)'", "/dev/null"])
            #expect(try await terminal.ended() == .status(1))
            #expect(terminal.output.contains("\u{1B}[1;31merror:\u{1B}[0m"), "\(terminal.output.debugDescription)")
        }
    }
}
