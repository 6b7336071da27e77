import Plans
import TestSupport
import Testing

@Suite("Limits of plan text from the network")
struct LimitTests {
    @Test(
        "Limits of size",
        arguments: [
            (String(repeating: "a ", count: 5_000), "1:1:1 limit_exceeded"),
            ("videotestsrc" + String(repeating: " ! identity", count: 64), "1:709:8 limit_exceeded"),
            ("videotestsrc" + String(repeating: " ! tee", count: 9), "1:64:3 limit_exceeded"),
            ("videotestsrc" + String(repeating: " ! streamtap", count: 17), "1:208:9 limit_exceeded"),
            ("videotestsrc name=v" + String(repeating: " v. ! autovideosink", count: 17), "1:330:13 limit_exceeded"),
            (
                "videotestsrc name=v" + String(repeating: " v. ! autovideosink v. ! streamtap", count: 9),
                "1:298:13 limit_exceeded"
            ),
            ("videotestsrc " + (0..<33).map { "a\($0)=1" }.joined(separator: " "), "1:196:3 limit_exceeded"),
        ])
    func limits(_ text: String, _ expected: String) {
        #expect(refusals(text).map(\.outline) == [expected])
    }

    @Test("What is no tap yet counts as the tap that it becomes")
    func displaySinks() {
        #expect(refusals("videotestsrc name=v" + String(repeating: " v. ! autovideosink", count: 16)).isEmpty)
        let many = "videotestsrc name=v" + String(repeating: " v. ! autovideosink", count: 60)
        #expect(refusals(many).map(\.code) == [.limitExceeded])
    }

    @Test("20,000 elements are refused at once")
    func manyElements() {
        let text = "videotestsrc" + String(repeating: " ! identity", count: 20_000)
        let seconds = threadSeconds()
        #expect(refusals(text).map(\.code) == [.limitExceeded])
        #expect(threadSeconds() - seconds < 0.5)
    }

    @Test("Limits are kept")
    func kept() {
        let many = "videotestsrc " + String(repeating: "! queue ", count: 70)
        #expect(problems(many, limits: .untrusted).map(\.code) == [.limitExceeded])
        #expect(problems(many).isEmpty)
        let tees = "videotestsrc " + String(repeating: "! tee ", count: 9) + "! streamtap"
        #expect(problems(tees, limits: .untrusted).map(\.code) == [.limitExceeded])
        #expect(problems(String(repeating: "a", count: 9000), limits: .untrusted).map(\.code) == [.limitExceeded])
        let properties = "x " + (0..<33).map { "p\($0)=1" }.joined(separator: " ")
        #expect(problems(properties, limits: .untrusted).map(\.code) == [.limitExceeded])
    }
}
