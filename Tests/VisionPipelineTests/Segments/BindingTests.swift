import Plans
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// How properties, caps and links are checked: every bad one has its diagnostic, at its place.
@Suite(.timeLimit(.minutes(1)))
struct BindingTests {
    @Test(
        "A property that does not fit",
        arguments: [
            ("patern=ball", "14 unknown_property videotestsrc has no property 'patern' | did you mean 'pattern'?"),
            ("pattern=bal", "22 property_type 'pattern' of videotestsrc has no value 'bal' | did you mean 'ball'?"),
            (
                "pattern=77",
                "22 property_type 'pattern' of videotestsrc has no value '77' | one of smpte, snow, black, white, red, green, blue, checkers-1, checkers-2, checkers-4, checkers-8, circular, …"
            ),
            ("num-buffers=5x", "26 property_type 'num-buffers' of videotestsrc takes a whole number, not '5x'"),
            ("num-buffers=-2", "26 property_range 'num-buffers' of videotestsrc takes -1…2147483647, not '-2'"),
            (
                "num-buffers=2147483648",
                "26 property_range 'num-buffers' of videotestsrc takes -1…2147483647, not '2147483648'"
            ),
            ("num-buffers=1e3", "26 property_type 'num-buffers' of videotestsrc takes a whole number, not '1e3'"),
            ("blocksize=-5", "24 property_range 'blocksize' of videotestsrc takes 0…4294967295, not '-5'"),
            ("is-live=maybe", "22 property_type 'is-live' of videotestsrc takes true or false, not 'maybe'"),
            (
                "foreground-color=0x1ffffffff",
                "31 property_range 'foreground-color' of videotestsrc takes 0…4294967295, not '0x1ffffffff'"
            ),
        ])
    func badProperty(_ setting: String, _ expected: String) throws {
        #expect(try problems("videotestsrc \(setting) ! streamtap") == [expected])
    }

    @Test(
        "Properties that fit",
        arguments: [
            "videotestsrc pattern=ball foreground-color=0xff00ff00 num-buffers=0x10 is-live=TRUE",
            "videotestsrc pattern=18 timestamp-offset=9223372036854775807",
            "videotestsrc pattern=\"Moving ball\"",
            "rtspsrc location=rtsp://a/b protocols=tcp+udp latency=100 ! rtph264depay ! avdec_h264",
            "videotestsrc ! videobalance saturation=0.5 contrast=1",
            "videotestsrc ! capsfilter caps=\"video/x-raw,width=64\"",
            "videotestsrc ! videocrop left=2 ! videoflip method=rotate-180",
        ])
    func goodProperty(_ chain: String) throws {
        let found = try problems("\(chain) ! streamtap")
        #expect(found == [] || chain.contains("Moving"), "\(found)")
    }

    @Test("Flags, floats, caps and objects that do not fit")
    func otherTypes() throws {
        #expect(
            try problems("rtspsrc protocols=tcp+upd ! rtph264depay ! avdec_h264 ! streamtap") == [
                "19 property_type 'protocols' of rtspsrc has no value 'upd' | did you mean 'udp'?"
            ])
        #expect(
            try problems("videotestsrc ! videobalance hue=2.5 ! streamtap") == [
                "33 property_range 'hue' of videobalance takes -1.0…1.0, not '2.5'"
            ])
        #expect(
            try problems("videotestsrc ! videobalance hue=nan ! streamtap") == [
                "33 property_type 'hue' of videobalance takes a number, not 'nan'"
            ])
        #expect(
            try problems("videotestsrc ! capsfilter caps=\"]\" ! streamtap").first?
                .hasPrefix("32 property_type 'caps' of capsfilter takes a GstCaps") == true)
        #expect(
            try problems("rtspsrc ! rtph264depay ! avdec_h264 stats=x ! streamtap").first?
                .contains("unknown_property") == true)
    }

    @Test(
        "What gst-launch takes: properties of the constructor, elements as values, profiles, pads' properties",
        arguments: [
            "videotestsrc ! compositor force-live=true ! streamtap",
            "videotestsrc ! tee name=t t. ! queue ! splitmuxsink muxer=matroskamux location=/tmp/a.mkv t. ! streamtap",
            "videotestsrc ! tee name=t t. ! queue ! autovideoconvert ! fakesink t. ! streamtap",
            "videotestsrc ! tee name=t t. ! queue ! encodebin profile=video/quicktime:video/x-h264 ! fakesink t. ! streamtap",
            "compositor name=c sink_0::alpha=0.5 sink_1::xpos=320 ! streamtap videotestsrc ! c. videotestsrc ! c.sink_1",
        ])
    func goodObject(_ text: String) throws {
        let found = try problems(text)
        #expect(found.allSatisfy { $0.contains("implied_tap") }, "\(found)")
    }

    @Test("A property of the constructor is what the plan says, and so is a pad's")
    func reached() throws {
        let text =
            "compositor name=c force-live=true sink_1::xpos=320 ! streamtap videotestsrc ! c. videotestsrc ! c.sink_1"
        let plan = try PlanBuilder(encoders: EncoderPool(threads: 1)).build(
            Plan(parsing: text).graph)
        defer { plan.stop() }
        let segment = try #require(plan.segments.first)
        #expect(segment.string(property: "force-live", of: "c") == "TRUE")
        #expect(segment.string(property: "sink_1::xpos", of: "c") == "320")
        #expect(segment.string(property: "sink_0::xpos", of: "c") == "0")
    }

    @Test(
        "Values that none of them takes",
        arguments: [
            (
                "videotestsrc ! compositor force-live=maybe ! streamtap",
                "38 property_type 'force-live' of compositor takes true or false, not 'maybe'"
            ),
            (
                "videotestsrc ! tee name=t t. ! queue ! splitmuxsink muxer=nosuch t. ! streamtap",
                "59 property_type 'muxer' of splitmuxsink takes an element, or several linked by '!': no element \"nosuch\""
            ),
            (
                "videotestsrc parent=x ! streamtap",
                "21 not_yet_supported 'parent' of videotestsrc takes an object that no text stands for"
            ),
            (
                "compositor name=c sink_1::xpoz=1 ! streamtap videotestsrc ! c. videotestsrc ! c.",
                "19 unknown_property sink_1 has no property 'xpoz' | did you mean 'xpos'?"
            ),
        ])
    func badObject(_ text: String, _ expected: String) throws {
        #expect(try problems(text) == [expected])
    }

    @Test("Strings are taken literally: no quote is stripped, NULL is a word")
    func strings() throws {
        let log = Recorder.newLog()
        let text =
            "---\nparameters:\n  p: {type: string}\n---\nvideotestsrc ! textoverlay name=o text=${p} ! probe id=\(log.id)"
        let plan = try Plan(parsing: text).binding(["p": .string("\"NULL\"")]).graph
        let builder = PlanBuilder(stages: StageCatalog([Recorder.self]), encoders: EncoderPool(threads: 1))
        let built = try builder.build(plan)
        defer { built.stop() }
        #expect(built.segments.first?.string(property: "text", of: "o") == "\"NULL\"")
    }

    @Test("Names that nobody has")
    func names() throws {
        #expect(
            try problems("videotestsrc ! vidoscale ! streamtap") == [
                "16 unknown_element there is no element or stage 'vidoscale' | did you mean 'videoscale'?"
            ])
        #expect(
            try problems("videotestsrc ! StreamTap") == [
                "16 unknown_element there is no element or stage 'StreamTap' | did you mean 'streamtap'?"
            ])
        #expect(
            try problems("videotestsrc ! vaapih264dec ! streamtap") == [
                "16 unknown_element there is no element or stage 'vaapih264dec' | install the Debian package gstreamer1.0-vaapi"
            ])
        #expect(
            try problems("videotestsrc ! probe idd=3 mode=pas ! streamtap").map { $0.prefix(18) } == [
                "22 unknown_option ", "33 option_range 'm",
            ])
    }

    @Test("A tap's option of 0 says nothing")
    func unsetTapOptions() throws {
        let plan = try PlanBuilder(encoders: EncoderPool(threads: 1)).build(
            Plan(
                parsing: "---\nparameters: {h: {type: integer}}\n---\n"
                    + "videotestsrc ! streamtap width=0 height=${h} fps=0 quality=70"
            ).binding(["h": .integer(0)]).graph)
        defer { plan.stop() }
        let tap = try #require(plan.compiled.taps.first)
        #expect(tap.defaults == Variant(quality: 70))
        #expect(tap.fps == nil)
    }

    @Test("Everything wrong is told at once, in order of place")
    func allAtOnce() throws {
        let found = try problems(
            "videotestsrc patern=1 ! video/x-raw,width=foo ! nosuchthingatall ! blurr kernel=2 ! streamtap")
        #expect(
            found.map { $0.split(separator: " ")[1] } == [
                "unknown_property", "invalid_caps", "unknown_element", "unknown_element",
            ])
    }

    @Test(
        "What gst-launch cannot link is no plan",
        arguments: [
            ("playbin ! fakesink", "9 cannot_link 'playbin0' gives nothing that could flow on"),
            ("videotestsrc ! fakesink name=f f. ! streamtap", "35 cannot_link 'f' gives nothing that could flow on"),
        ])
    func nothingFlows(_ text: String, _ expected: String) throws {
        #expect(try problems(text).contains(expected))
    }

    @Test("Links that cannot be")
    func links() throws {
        #expect(
            try problems("videotestsrc ! audioconvert ! fakesink").first
                == "14 cannot_link 'videotestsrc0' cannot be linked to 'audioconvert0': video/x-raw, video/x-bayer does not fit audio/x-raw"
        )
        #expect(
            try problems("audiotestsrc ! streamtap") == [
                "14 cannot_link 'audiotestsrc0' gives audio/x-raw; stages and taps take pictures"
            ])
        #expect(
            try problems("videotestsrc ! x264enc ! h264parse ! motion ! streamtap").first?
                .contains("decode before this point") == true)
        #expect(
            try problems("videotestsrc ! probe ! audioconvert ! fakesink") == [
                "22 cannot_link 'audioconvert0' does not take the frames of 'probe0': raw pictures do not fit audio/x-raw"
            ])
        #expect(try problems("videotestsrc ! probe name=p ! streamtap p. ! x264enc ! fakesink") == [])
        #expect(
            try problems("videoconvert ! streamtap") == [
                "1 cannot_link nothing feeds 'videoconvert0' | put a source before it"
            ])
    }

    @Test("Caps that contradict each other further off, and a muxer that nothing feeds")
    func caps() throws {
        #expect(
            try problems("videotestsrc ! capsfilter caps=audio/x-raw ! streamtap") == [
                "14 cannot_link 'videotestsrc0' cannot be linked to 'capsfilter0': video/x-raw, video/x-bayer does not fit audio/x-raw"
            ])
        #expect(
            try problems("videotestsrc ! video/x-raw,width=64 ! videoconvert ! video/x-raw,width=128 ! streamtap")
                .contains { $0.contains("cannot_link") })
        #expect(
            try problems("videotestsrc ! streamtap mp4mux ! fakesink").contains {
                $0.contains("nothing feeds 'mp4mux0'")
            })
    }

    @Test("Every element of a pipeline is held to what is allowed, those inside bins too")
    func allowedElements() async throws {
        let plan = try Plan(parsing: "videotestsrc num-buffers=500 ! autovideoconvert ! streamtap name=t").graph
        let allowed: Set<String> = [
            "videotestsrc", "autovideoconvert", "queue", "videoconvert", "capsfilter", "appsink", "pipeline", "bin",
        ]
        func codes(_ allowed: Set<String>) -> [Diagnostic.Code] {
            var builder = PlanBuilder(encoders: EncoderPool(threads: 1))
            builder.allowedElements = allowed
            do throws(PlanError) {
                try builder.build(plan).stop()
                return []
            } catch {
                return error.diagnostics.map(\.code)
            }
        }
        #expect(codes(allowed) == [])
        #expect(codes(allowed.subtracting(["autovideoconvert"])) == [.elementNotAllowed])
        // What the bin makes only while it runs ends the run.
        let ending = Mutex<PlanEnding?>(nil)
        let film = try Film(frames: 5, fps: 25)
        defer { film.remove() }
        let runner = try PipelineRunner(
            plan: Plan(parsing: "filesrc location=\(film.path) ! decodebin ! streamtap name=t").binding([:]),
            allowedElements: ["filesrc", "decodebin", "typefind", "queue", "videoconvert", "capsfilter", "appsink"],
            deliver: { _ in }, ended: { value in ending.withLock { $0 = value } })
        runner.start()
        try await eventually { ending.withLock { $0 != nil } }
        let found = try #require(ending.withLock { $0 })
        #expect(found.reason == .planInvalid)
        #expect(found.message.contains("is not allowed"), "\(found)")
    }

    @Test("Parameters are values: not for children, caps or what a library parses")
    func parameters() throws {
        func plan(_ chain: String) -> String {
            "---\nparameters:\n  p: {type: string}\n---\nvideotestsrc ! \(chain) ! fakesink"
        }
        let bound: [String: ParameterValue] = ["p": .string("fastt")]
        #expect(
            try problems(plan("x264enc speed-preset=${p}"), parameters: bound) == [
                "37 property_type 'speed-preset' of x264enc has no value 'fastt' | did you mean 'fast'?"
            ])
        #expect(
            try problems(plan("x264enc tune=${p}"), parameters: ["p": .string("stillimage+fastdecod")]) == [
                "29 property_type 'tune' of x264enc has no value 'fastdecod' | did you mean 'fastdecode'?"
            ])
        #expect(
            try problems(plan("encodebin profile=${p}"), parameters: bound).first?
                .contains("parameter_not_allowed_here") == true)
        #expect(
            try problems(plan("textoverlay text=${p}"), parameters: ["p": .string("\" ! filesink location=x")]) == [])
    }
}
