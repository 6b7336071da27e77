import Foundation
import Plans
import TestSupport
import Testing

@Suite("Warnings about plans that run")
struct LintTests {
    static let stages: Set<String> = ["grayscale", "blur", "apriltag", "overlay"]

    static func lint(_ text: String) throws -> [Diagnostic] { try Plan(parsing: text).lint(stages: stages) }

    private static let camera = "rtspsrc location=rtsp://a/b latency=100 protocols=tcp ! rtph264depay"

    static let warned: [BadPlan] = [
        // Names.
        BadPlan(
            "videotestsrc name=front ! streamtap name=a\nvideotestsrc name=Front ! streamtap name=b",
            "2:1:12 similar_names"),
        BadPlan("videotestsrc ! streamtap name=front ! streamtap name=frnt", "1:39:9 similar_names"),
        BadPlan("videotestsrc ! streamtap name=front ! streamtap name=fornt", "1:39:9 similar_names"),
        BadPlan("videotestsrc ! streamtap name=gray-view ! streamtap name=grey-view", "1:43:9 similar_names"),
        // Tees and queues.
        BadPlan(
            "videotestsrc ! tee name=t t. ! queue ! fakesink t. ! identity ! fakesink t. ! streamtap",
            "1:54:8 tee_without_queue"),
        BadPlan(
            "videotestsrc ! tee name=t ! fakesink t. ! fakesink", "1:29:8 tee_without_queue", "1:43:8 tee_without_queue"
        ),
        BadPlan(
            "videotestsrc is-live=true ! streamtap name=a ! tee name=t t. ! queue ! x264enc ! mpegtsmux ! filesink location=a t. ! queue leaky=2 ! fakesink",
            "1:64:5 queue_can_block"),
        BadPlan(
            "v4l2src ! streamtap ! jpegenc name=c\nc. ! queue leaky=no ! jpegdec ! x264enc ! flvmux ! rtmpsink location=a c. ! filesink location=b",
            "2:6:5 queue_can_block"),
        BadPlan(
            "videotestsrc is_live=true ! streamtap name=a ! tee name=t t. ! queue ! x264enc ! mpegtsmux ! filesink location=a t. ! queue ! vp8enc ! fakesink",
            "1:64:5 queue_can_block", "1:119:5 queue_can_block"),
        // Cameras.
        BadPlan(
            "rtspsrc location=rtsp://a/b ! rtph264depay ! avdec_h264 ! streamtap", "1:1:7 rtspsrc_latency"),
        BadPlan("rtspsrc location=rtspt://a/b ! rtph264depay ! avdec_h264 ! streamtap", "1:1:7 rtspsrc_latency"),
        BadPlan("souphttpsrc location=http://a/b ! multipartdemux ! streamtap", "1:1:11 http_camera_not_live"),
        BadPlan(
            "souphttpsrc location=http://a/b is-live=false ! queue ! image/jpeg ! jpegparse ! streamtap",
            "1:1:11 http_camera_not_live"),
        // Sinks.
        BadPlan("v4l2src name=c ! streamtap c. ! fakesink sync=true", "1:42:4 sync_on_live"),
        BadPlan(
            "videotestsrc is-live=1 ! blur name=b ! streamtap b. ! x264enc ! filesink location=a sync=1",
            "1:85:4 sync_on_live"),
        BadPlan("\(camera) ! h264parse ! mp4mux ! filesink location=a.mp4", "1:84:6 recording_lost_at_crash"),
        BadPlan(
            "\(camera) ! h264parse ! mp4mux fragment-duration=0 ! queue ! filesink location=a.mp4",
            "1:84:6 recording_lost_at_crash"),
        BadPlan(
            "videotestsrc is-live=true ! blur name=b ! x264enc ! qtmux faststart=true ! filesink location=a b. ! streamtap",
            "1:53:5 recording_lost_at_crash"),
        // Decoders that choose.
        BadPlan("uridecodebin uri=file:///a ! streamtap", "1:1:12 automatic_decoder"),
        BadPlan("\(camera) ! decodebin ! streamtap", "1:72:9 automatic_decoder"),
        // Large pictures.
        BadPlan("v4l2src ! video/x-raw,width=3840,height=2160 ! streamtap", "1:48:9 large_tap"),
        BadPlan(
            "v4l2src ! video/x-raw,width=(int)4096 ! videoconvert ! blur ! streamtap quality=80", "1:63:9 large_tap"),
        BadPlan("v4l2src ! image/jpeg,width=3840 ! jpegdec ! streamtap", "1:45:9 large_tap"),
        BadPlan(
            "---\nparameters:\n  w: {type: integer, default: 7680}\n---\nv4l2src ! video/x-raw,width=${w} ! streamtap",
            "5:36:9 large_tap"),
        // Texts that are drawn.
        BadPlan("videotestsrc ! textoverlay text=\"A & B\" ! streamtap", "1:33:7 text_is_no_markup"),
        BadPlan("videotestsrc ! clockoverlay time-format=\"%H<%M\" ! streamtap", "1:41:7 text_is_no_markup"),
        BadPlan(
            "videotestsrc ! timeoverlay text=\"<b>now\" ! textoverlay text=a&b ! streamtap", "1:33:8 text_is_no_markup",
            "1:61:3 text_is_no_markup"),
        // Interlaced pictures.
        BadPlan("v4l2src ! video/x-raw,interlace-mode=interleaved ! streamtap", "1:23:14 interlaced_pictures"),
        BadPlan(
            "v4l2src ! video/x-raw,width=720,interlace-mode=(string){interleaved,mixed} ! videoconvert ! blur",
            "1:33:14 interlaced_pictures"),
        BadPlan("videotestsrc ! interlace ! queue name=q ! streamtap q. ! fakesink", "1:16:9 interlaced_pictures"),
        BadPlan("videotestsrc ! blur ! deinterlace ! streamtap", "1:23:11 interlaced_pictures"),
        BadPlan(
            "v4l2src ! video/x-raw,interlace-mode=fields ! blur ! deinterlace ! x264enc ! mpegtsmux ! filesink location=a",
            "1:23:14 interlaced_pictures", "1:54:11 interlaced_pictures"),
        // Cameras that cannot be left alone.
        BadPlan("---\ncapture: on-demand\n---\nvideotestsrc ! blur ! streamtap", "4:16:4 always_captured"),
        BadPlan(
            "---\ncapture: on-demand\n---\nvideotestsrc name=a ! streamtap a. ! queue ! fakesink",
            "4:46:8 always_captured"),
        BadPlan("---\ncapture: on-demand\n---\nvideotestsrc name=a ! streamtap a. ! streamtap"),
        BadPlan("---\ncapture: always\n---\nvideotestsrc ! blur ! streamtap"),
        // Ends.
        BadPlan("videotestsrc name=a ! streamtap\na. ! queue name=lost", "2:6:5 open_end"),
        BadPlan("videotestsrc name=a ! streamtap a. ! x264enc ! h264parse", "1:48:9 open_end"),
        BadPlan("videotestsrc name=a ! streamtap a. ! video/x-raw,width=640", "1:38:21 open_end"),
    ]

    @Test("Each is warned about at its place", arguments: warned)
    func warns(_ plan: BadPlan) throws {
        let said = try Self.lint(plan.text)
        #expect(said.map(\.outline) == plan.expected)
        #expect(said.allSatisfy { $0.severity == .warning && $0.hint != nil })
    }

    static let sound: [String] = [
        "souphttpsrc location=http://a/b is-live=true ! multipartdemux ! streamtap",
        "---\nlive: true\n---\nsouphttpsrc location=http://a/b ! multipartdemux ! streamtap",
        "souphttpsrc location=http://a/film.mp4 ! qtdemux ! h264parse ! avdec_h264 ! streamtap",
        "\(camera) ! h264parse ! avdec_h264 ! streamtap",
        "\(camera) ! h264parse ! mp4mux fragment-duration=1000 ! filesink location=a.mp4",
        "\(camera) ! h264parse ! splitmuxsink location=a-%05d.mp4",
        "\(camera) ! tee name=t t. ! queue ! h264parse ! splitmuxsink location=a%d.mp4 t. ! queue ! avdec_h264 ! streamtap",
        "\(camera) ! tee name=t t. ! queue ! fakesink t. ! avdec_h264 ! grayscale ! streamtap",
        // A file is not live: encoding it again loses nothing that cannot be made again.
        "filesrc location=a ! qtdemux name=d d.video_0 ! h264parse ! avdec_h264 ! x264enc ! mp4mux ! filesink location=b sync=true",
        "filesrc location=a ! qtdemux name=d d. ! queue ! h264parse ! avdec_h264 ! streamtap d. ! queue ! aacparse ! fakesink",
        // Behind a stage GStreamer has a segment of its own, which never holds up the stage.
        "v4l2src ! blur name=b ! streamtap b. ! queue ! x264enc ! mpegtsmux ! filesink location=a b. ! fakesink",
        "v4l2src name=c ! streamtap c. ! queue leaky=downstream ! x264enc ! flvmux ! rtmpsink location=a",
        "v4l2src ! queue ! x264enc ! mpegtsmux ! filesink location=a",
        "v4l2src ! video/x-raw,width=3840 ! streamtap width=1280",
        "v4l2src ! video/x-raw,width=3840 ! videoscale ! video/x-raw,width=640 ! streamtap",
        "v4l2src ! video/x-raw,width=3840 ! videoscale ! streamtap",
        "v4l2src ! image/jpeg,width=3840 ! streamtap",
        "v4l2src ! video/x-raw,interlace-mode=interleaved ! deinterlace ! streamtap",
        "v4l2src ! video/x-raw,interlace-mode={progressive,interleaved} ! streamtap",
        "filesrc location=a ! mpeg2dec ! video/x-raw,interlace-mode=mixed ! x264enc ! mpegtsmux ! filesink location=a name=f videotestsrc ! streamtap",
        "videotestsrc ! blur ! deinterlace mode=interlaced ! streamtap",
        "videotestsrc ! blur",
        "videotestsrc ! apriltag name=tags",
        "videotestsrc name=cam1 ! streamtap name=a1 videotestsrc name=cam2 ! streamtap name=a2",
        "videotestsrc name=cam-a ! streamtap name=left videotestsrc name=cam-b ! streamtap name=right",
        "videotestsrc name=cama ! streamtap name=one videotestsrc name=camb ! streamtap name=two",
        "videotestsrc ! grayscale name=gray ! streamtap name=grey",
        "videotestsrc ! textoverlay text=\"<b>A</b> &amp; B\" ! streamtap",
        "---\nparameters:\n  t: {type: string, default: \"A & B\"}\n---\nvideotestsrc ! textoverlay text=${t} ! streamtap",
    ]

    @Test("Sound plans are left in peace", arguments: sound)
    func silent(_ text: String) throws {
        #expect(try Self.lint(text) == [])
    }

    @Test("The sample plans are left in peace")
    func samples() throws {
        let directory = DocumentationTests.root.appendingPathComponent("pipelines").resolvingSymlinksInPath()
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        for file in files where file.pathExtension == "plan" {
            let said = try Self.lint(String(contentsOf: file, encoding: .utf8)).map(\.code)
            // The one that takes whatever comes does what is worth a warning elsewhere.
            #expect(
                said == (file.lastPathComponent == "rtsp.plan" ? [.automaticDecoder] : []), "\(file.lastPathComponent)")
        }
    }

    @Test("Every launch line can be looked at", arguments: LaunchLine.corpus.map(\.text))
    func corpus(_ line: String) throws {
        #expect(try Self.lint(line).allSatisfy { $0.line == 1 && $0.column >= 1 && $0.code != .openEnd })
    }

    @Test(
        "Ten times the plan takes about ten times as long",
        arguments: [
            "videotestsrc name=name%d ! tee name=tee%d ! queue ! x264enc ! fakesink tee%d. ! streamtap name=tap%d\n",
            "rtspsrc ! video/x-raw,width=3840 ! decodebin ! mp4mux ! filesink sync=true\n",
        ])
    func linear(_ piece: String) throws {
        func seconds(_ count: Int) throws -> Double {
            let plan = try Plan(parsing: (0..<count).map { piece.replacing("%d", with: String($0)) }.joined())
            let times = (0..<3).map { _ in
                let start = threadSeconds()
                _ = plan.lint(stages: Self.stages)
                return threadSeconds() - start
            }
            return times.min() ?? 0
        }
        // Of taps a plan may have 256.
        #expect(try seconds(250) / max(try seconds(25), 0.000_2) < 40)
    }
}
