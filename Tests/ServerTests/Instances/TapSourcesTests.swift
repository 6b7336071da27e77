import Plans
import Testing
import WorkerLink

@testable import Server

/// What viewers of a tap are told of the sources that feed it.
struct TapSourcesTests {
    @Test("of two cameras each feeds its own taps, and both the one behind them")
    func ways() throws {
        let plan = try Plan(
            parsing: """
                videotestsrc name=a ! streamtap name=one ! blur name=soft ! streamtap name=two
                soft. ! x264enc ! avdec_h264 ! streamtap name=three
                videotestsrc name=b ! streamtap name=four
                """)
        let sources = TapSources(PlanDescription(plan.graph, stages: ["blur"]))
        var progress = Progress(
            now: .seconds(100),
            sources: ["a", "b"].enumerated().map { part, name in
                SourceProgress(
                    node: name, frames: 9, lastFrame: .seconds(100), isLive: true, sources: [name], part: part)
            })
        let taps = ["one", "two", "three", "four"]
        func states() -> [InstanceState?] { taps.map { sources.change(of: $0, in: progress)?.state } }
        #expect(states() == [nil, nil, nil, nil])
        progress.sources[0].trouble = SourceTrouble(.refused, "no")
        progress.sources[1].lastFrame = .seconds(97)
        #expect(states() == [.retrying, .retrying, .retrying, .stalled])
        #expect(sources.change(of: "two", in: progress)?.reason == .refused)
        #expect(sources.change(of: "four", in: progress)?.message == "no frame from b")
        progress.sources[1].hasEnded = true
        #expect(states().last == .some(nil))
        #expect(sources.change(of: "unknown", in: progress) == nil)
    }
}
