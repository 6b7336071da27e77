import Testing

@testable import WorkerLink

/// How long which camera may be silent. Seconds; the camera's newest frame came at 100.
struct StallRuleTests {
    struct Camera: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var interval: Double?
        var rhythm: SourceRhythm
        var basis: StallRule.Basis
        var limit: Double
        /// When it is begun anew, seconds after its last frame.
        var patience: Double

        /// - Parameter sign: seconds after its newest frame.
        init(
            _ description: String, interval: Double?, known: Int, longest: Double? = nil, stated: Double? = nil,
            survived: Double? = nil, sign: Double? = 0, isAsked: Bool = false, allowed: Double? = nil,
            is basis: StallRule.Basis,
            _ limit: Double,
            _ patience: Double
        ) {
            testDescription = description
            self.interval = interval
            rhythm = SourceRhythm(
                known: known, longest: longest, stated: stated, survived: survived,
                lastSign: sign.map { .nanoseconds(100 + $0) }, isAsked: isAsked, allowed: allowed)
            (self.basis, self.limit, self.patience) = (basis, limit, patience)
        }

        func silence(after age: Double) -> SourceSilence? {
            SourceSilence(
                of: SourceProgress(
                    node: "cam", frames: 9, lastFrame: .nanoseconds(100), isLive: true, interval: interval,
                    rhythm: rhythm), at: .nanoseconds(100 + age))
        }
    }

    static let cameras = [
        Camera("30 fps", interval: 1 / 30, known: 32, longest: 0.05, is: .learnt, 2, 5),
        Camera("30 fps that reports on", interval: 1 / 30, known: 32, longest: 0.05, sign: 1.5, is: .learnt, 2, 5),
        Camera("30 fps for a third of a second", interval: 1 / 30, known: 8, longest: 0.1, is: .learnt, 2, 5),
        Camera("one a second", interval: 1, known: 32, longest: 1.1, is: .learnt, 5, 8),
        Camera("10 fps, and each minute a pause of 3 s", interval: 0.1, known: 32, longest: 3, is: .learnt, 6, 9),
        Camera("10 fps that was silent for 8 s once", interval: 0.1, known: 32, survived: 8, is: .learnt, 16, 19),
        Camera("that was silent for 50 s once", interval: 0.1, known: 32, survived: 50, is: .learnt, 60, 63),
        Camera("one frame, and it is there", interval: nil, known: 0, sign: 55, is: .session, 60, 63),
        Camera("one frame, and nothing else", interval: nil, known: 0, is: .session, 10, 13),
        Camera("one frame, and nothing tells more", interval: nil, known: 0, sign: nil, is: .session, 10, 13),
        Camera(
            "one frame of one each 15 s by its caps", interval: nil, known: 0, stated: 15, sign: 74, is: .caps, 75, 78),
        Camera("caps that lie", interval: nil, known: 0, stated: 1 / 25, is: .session, 10, 13),
        Camera("caps that say one a day", interval: nil, known: 0, stated: 86_400, sign: nil, is: .caps, 300, 303),
        Camera("steady, and its caps say one each 15 s", interval: 0.04, known: 32, stated: 15, is: .learnt, 2, 5),
        Camera("two of one each 15 s", interval: 15, known: 1, longest: 15, sign: 70, is: .learnt, 75, 78),
        Camera("30 fps, and the plan waits", interval: 1 / 30, known: 32, allowed: 30, is: .plan, 30, 33),
        Camera("one each 15 s, and the plan does not wait", interval: 15, known: 32, allowed: 3, is: .plan, 3, 6),
        Camera(
            "three at the pace of its caps", interval: 0.04, known: 2, longest: 0.05, stated: 0.04, is: .caps, 2, 5),
        Camera(
            "three at the pace of its caps, and it answers", interval: 0.04, known: 2, longest: 0.05, stated: 0.04,
            sign: 1.5, isAsked: true, is: .caps, 2, 5),
        Camera(
            "three at one a second, as its caps say", interval: 1, known: 2, longest: 1, stated: 1, is: .caps, 5, 8),
        Camera(
            "three at once, kept for whoever comes", interval: 0.004, known: 2, longest: 0.005, stated: 0.04,
            is: .session, 10, 13),
        Camera(
            "three far apart, whatever its caps say", interval: 4, known: 2, longest: 4, stated: 0.04, is: .learnt, 20,
            23),
        Camera(
            "one, and it does not answer", interval: nil, known: 0, stated: 0.04, isAsked: true, is: .caps, 2.5, 5.5),
        Camera(
            "one, and it answers", interval: nil, known: 0, stated: 0.04, sign: 55, isAsked: true, is: .session, 60, 63),
        Camera(
            "one without a rate, and it does not answer", interval: nil, known: 0, isAsked: true, is: .session, 10, 13),
        Camera(
            "two, and it does not answer", interval: 0.1, known: 1, longest: 0.1, isAsked: true, is: .learnt, 2.5, 5.5),
        Camera(
            "two 4 s apart, and it does not answer", interval: 4, known: 1, longest: 4, stated: 0.04, isAsked: true,
            is: .caps, 20, 23),
        Camera("nonsense", interval: .infinity, known: .max, longest: -1, is: .learnt, 432_000, 432_003),
        Camera(
            "more nonsense", interval: .nan, known: .min, stated: .infinity, sign: nil, allowed: nil, is: .caps, 300,
            303),
    ]

    @Test("a silence is a stall", arguments: cameras)
    func limit(_ camera: Camera) throws {
        #expect(camera.silence(after: camera.limit - 0.1) == nil)
        let silence = try #require(camera.silence(after: camera.limit + 0.1))
        #expect(silence.rule.basis == camera.basis, "\(silence.words)")
        #expect(silence.overdue() < 0)
        let last = try #require(camera.silence(after: camera.patience + 0.1))
        #expect(last.overdue() >= 0 && last.overdue() < .nanoseconds(0.2))
    }

    @Test(
        "it says why",
        arguments: [
            (0, "no frame from cam for 2 s: one each 0.03 s is usual"),
            (1, "no frame from cam for 2 s: one each 0.03 s is usual, and it is still connected"),
            (5, "no frame from cam for 16 s: it has come back after 8 s before"),
            (7, "no frame from cam for 60 s: it is connected, and how often one comes is not known yet"),
            (8, "no frame from cam for 10 s: nothing else comes either"),
            (17, "no frame from cam for 2 s: it states one each 0.04 s"),
            (22, "no frame from cam for 2 s: it states one each 0.04 s, and does not answer"),
            (25, "no frame from cam for 2 s: it had one each 0.1 s, and does not answer"),
            (10, "no frame from cam for 75 s: it states one each 15 s, and it is still connected"),
            (15, "no frame from cam for 30 s: the plan allows 30 s"),
        ])
    func words(_ camera: Int, _ words: String) {
        let camera = Self.cameras[camera]
        #expect(camera.silence(after: camera.limit + 0.01)?.words == words)
    }

    @Test("what is given up though it was there is waited for twice as long the next time, for an hour")
    func patience() throws {
        var patience = SilencePatience()
        let (dead, alive) = (Self.cameras[0], Self.cameras[1])
        patience.gaveUp(try #require(dead.silence(after: 5)), at: .nanoseconds(200))
        #expect(patience.patience(with: "cam", at: .nanoseconds(201)) == 0)
        for (age, expected) in [(5.0, 10.0), (10, 20), (20, 40), (40, 60), (60, 60)] {
            let silence = try #require(alive.silence(after: age))
            #expect(silence.overdue(withPatience: patience.patience(with: "cam", at: .nanoseconds(201))) >= 0)
            patience.gaveUp(silence, at: .nanoseconds(201))
            #expect(patience.patience(with: "cam", at: .nanoseconds(202)) == .nanoseconds(expected))
            #expect(patience.patience(with: "other", at: .nanoseconds(202)) == 0)
        }
        #expect(patience.patience(with: "cam", at: .nanoseconds(3802)) == 0)
    }

    @Test("one that was only presumed to be dead is waited for longer the next time")
    func presumed() throws {
        for (camera, expected) in [(Self.cameras[17], 0), (Self.cameras[22], 12.0)] {
            var patience = SilencePatience()
            patience.gaveUp(try #require(camera.silence(after: 6)), at: .nanoseconds(200))
            #expect(patience.patience(with: "cam", at: .nanoseconds(201)) == .nanoseconds(expected))
        }
    }

    @Test("a first frame is waited for longer where something comes")
    func firstFrame() {
        func waiting(_ rhythm: SourceRhythm, frames: UInt64 = 0, awaitsWhole: Bool = false) -> String {
            let source = SourceProgress(
                node: "cam", frames: frames, lastFrame: nil, isLive: true, awaitsWholePicture: awaitsWhole,
                rhythm: rhythm)
            return FirstFrame(of: [source], at: .nanoseconds(100)).words
        }
        #expect(waiting(SourceRhythm(known: 0)) == "no frame within 10 s")
        #expect(waiting(SourceRhythm(known: 0, lastSign: .nanoseconds(95))) == "no frame within 30 s")
        #expect(waiting(SourceRhythm(known: 0, lastSign: .nanoseconds(85))) == "no frame within 10 s")
        #expect(waiting(SourceRhythm(known: 0, allowed: 45)) == "no frame within 45 s")
        #expect(waiting(SourceRhythm(known: 0, allowed: 3)) == "no frame within 10 s")
        #expect(waiting(SourceRhythm(known: 0), awaitsWhole: true) == "no whole picture within 60 s")
    }

    @Test("what workers have learnt is kept, and never more than a plan can have")
    func experience() {
        var all = SourceExperience(survived: ["cam": 8], keepAlive: ["cam": .options])
        all.merge(SourceExperience(survived: ["cam": 4, "two": 3]))
        #expect(all == SourceExperience(survived: ["cam": 8, "two": 3], keepAlive: ["cam": .options]))
        for number in 0..<1000 { all.merge(SourceExperience(survived: ["\(number)": 1])) }
        all.merge(SourceExperience(keepAlive: [String(repeating: "x", count: 1000): .none]))
        #expect(all.survived.count == 256 && all.keepAlive.count == 1)
    }
}
