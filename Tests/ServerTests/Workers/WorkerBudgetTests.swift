import Plans
import Testing

@testable import Server

struct WorkerBudgetTests {
    private func megabytes(_ text: String, _ parameters: [String: ParameterValue] = [:]) throws -> Int {
        let graph = try Plan(parsing: text).binding(parameters).graph
        return WorkerBudget(graph, stages: ["blur"]).bytes >> 20
    }

    @Test("pictures whose size is known cost little; a camera may be 4K; an encoder keeps many")
    func sizes() throws {
        let small = try megabytes("videotestsrc ! video/x-raw,width=320,height=(int)180 ! blur ! streamtap")
        let large = try megabytes("videotestsrc ! video/x-raw,width=3840,height=2160 ! blur ! streamtap")
        let camera = try megabytes("rtspsrc location=rtsp://10.0.0.5/ ! rtph264depay ! avdec_h264 ! blur ! streamtap")
        let recorded = try megabytes(
            "rtspsrc location=rtsp://10.0.0.5/ ! rtph264depay ! avdec_h264 ! blur ! x264enc ! mp4mux ! filesink location=a.mp4"
        )
        #expect(small < 400 && small > 256)
        #expect(large > small + 500)
        #expect(camera > 700 && camera < 1500, "\(camera)")
        #expect(recorded > camera + 900)
    }

    @Test("what a plan says of its own pictures makes a camera's no smaller, but may make them larger")
    func stated() throws {
        let plan =
            "rtspsrc location=rtsp://10.0.0.5/ ! rtph264depay ! avdec_h264 ! videoscale ! video/x-raw,SIZE ! streamtap"
        let unknown = try megabytes(plan.replacing("video/x-raw,SIZE", with: "video/x-raw"))
        #expect(try megabytes(plan.replacing("SIZE", with: "width=64,height=64")) == unknown)
        #expect(try megabytes(plan.replacing("SIZE", with: "width=7680,height=4320")) > 2 * unknown)
        let absurd = try megabytes(plan.replacing("SIZE", with: "width=2000000000,height=2000000000"))
        #expect(absurd == (try megabytes(plan.replacing("SIZE", with: "width=7680,height=4320"))))
    }

    @Test("parameters count as what they are bound to, and each source has its own")
    func parameters() throws {
        let text = """
            ---
            parameters:
              width: {type: integer, default: 64}
              height: {type: integer, default: 64}
            ---
            videotestsrc ! video/x-raw,width=${width},height=${height} ! streamtap
            """
        #expect(try megabytes(text, ["width": .integer(3840), "height": .integer(2160)]) > (try megabytes(text)) + 400)
        let two = "v4l2src device=/dev/video0 ! streamtap name=a\nv4l2src device=/dev/video1 ! streamtap name=b"
        #expect(try megabytes(two) > (try megabytes("v4l2src device=/dev/video0 ! streamtap name=a")) + 400)
    }
}
