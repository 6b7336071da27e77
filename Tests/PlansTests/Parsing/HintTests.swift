import Plans
import Testing

@Suite("Hints")
struct HintTests {
    @Test(
        "Hints name the nearest known word",
        arguments: [
            ("videotestsrc name=gray ! fakesink grey. ! fakesink", "did you mean 'gray'?"),
            ("videotestsrc ! streamtap widht=640", "did you mean 'width'?"),
            ("videotestsrc ! streamtap name=Live", "write name=live"),
            ("rtsp://cam/main ! fakesink", "write rtspsrc location=rtsp://cam/main"),
            ("videotestsrc ! file:///tmp/x.raw", "write filesink location=/tmp/x.raw"),
            (
                "rtspsrc location=${camera} ! fakesink",
                "begin the plan with the lines '---', 'parameters:', '  camera: {type: string}', '---'"
            ),
            ("---\nparameters: {a: {type: bool}}\n---\nfakesrc x=${a}", "write boolean"),
        ])
    func hints(_ text: String, _ hint: String) {
        #expect(problems(text).first { $0.severity == .error }?.hint == hint)
    }

    @Test("An address in a message shows no password")
    func maskedAddress() throws {
        let problem = try #require(problems("rtsp://admin:hunter2@cam/main ! fakesink").first)
        #expect(!problem.message.contains("hunter2"))
        #expect(problem.hint == "write rtspsrc location=rtsp://***@cam/main")
    }
}
