import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Several frames at a time in one stage.
@Suite(.timeLimit(.minutes(1)))
struct StageWorkersTests {
    /// What `Juggler` lets through of frames 1…count.
    static func kept(_ count: Int) -> [UInt64] {
        (1...UInt64(count)).filter { (number: UInt64) -> Bool in ![7, 8].contains(number % 10) }
    }

    /// Workers with a recorder behind them.
    private static func workers(
        _ count: Int, micros: Int, log: Int, times: StageTimes = StageTimes(), mailboxes: [StageMailbox]? = nil
    ) throws -> StageWorkers {
        let mailboxes = mailboxes ?? (0..<count).map { _ in StageMailbox() }
        let slots = mailboxes.map {
            StageSlot(Juggler(options: TestOptions.of(Juggler.self, ["micros": .integer(Int64(micros))])), $0)
        }
        let recorder = Recorder(options: TestOptions.of(Recorder.self, ["id": .integer(Int64(log))]))
        let node = StageNode(
            id: "log", description: Recorder.description, slots: [StageSlot(recorder, StageMailbox())],
            times: StageTimes())
        return StageWorkers(name: "juggle", slots: slots, times: times, rest: StageTree(roots: [node]))
    }

    private static func frame(_ number: Int) -> Frame { TestFrame.gray(width: 4, height: 4, sequence: UInt64(number)) }

    @Test("Frames come out in order, whoever is done first; those that fail leave no gap", arguments: [2, 3, 8])
    func order(_ count: Int) throws {
        let (id, log) = Recorder.newLog()
        let times = StageTimes()
        let workers = try Self.workers(count, micros: 300, log: id, times: times)
        for number in 1...1000 { workers.submit(Self.frame(number)) }
        workers.drain()
        #expect(log.frames.map(\.sequence) == Self.kept(1000))
        #expect(times.progress(name: "", stage: "").failed == 100)
        workers.stop()
    }

    @Test("At most one frame more than workers is under way")
    func bound() async throws {
        weak var last: StageWorkers?
        let (id, log) = Recorder.newLog()
        do {
            let workers = try Self.workers(2, micros: 2000, log: id)
            last = workers
            for number in 1...40 {
                workers.submit(Self.frame(number))
                // Submitted, less what has come out: 3 slots and one that is being passed along. Lost ones are none.
                #expect(Self.kept(number).count - log.count <= 4)
            }
            workers.drain()
            workers.stop()
        }
        // Threads have let go of it.
        try await eventually { last == nil }
    }

    @Test("Stopping lets go of whoever waits, at once, at any moment")
    func stopping() async throws {
        for round in 0..<30 {
            let (id, _) = Recorder.newLog()
            let workers = try Self.workers(2, micros: 3000, log: id)
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { for number in 1...200 { workers.submit(Self.frame(number)) } }
                tasks.addTask {
                    for _ in 0..<round { await Task.yield() }
                    workers.stop()
                }
            }
            let start = MonotonicClock.now()
            workers.submit(Self.frame(1))
            workers.drain()
            #expect(MonotonicClock.now() - start < 1_000_000_000)
        }
    }

    @Test("Where there are no threads to be had, every frame counts as failed")
    func noThreads() {
        let times = StageTimes()
        let slot = StageSlot(Juggler(options: TestOptions.of(Juggler.self, [:])), StageMailbox())
        let workers = StageWorkers(name: "juggle", slots: [slot], times: times, rest: StageTree()) { _, _ in false }
        for number in 1...3 { workers.submit(Self.frame(number)) }
        workers.drain()
        #expect(times.progress(name: "", stage: "").failed == 3)
    }

    @Test("What is under way on stop is recorded yet")
    func stopped() async throws {
        let place = try Recording()
        defer { place.remove() }
        let (id, gauge) = Juggler.newGauge()
        let run = try Run(
            """
            videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=1/1
              ! juggle name=j workers=2 micros=300000 id=\(id) ! jpegenc ! multifilesink location=\(place.path("a-%d.jpg"))
            """)
        try await eventually { gauge.most == 1 }
        let came = run.runner.sources.first?.frames ?? 0
        try await run.stop()
        #expect(came > 0 && place.files.count >= Int(came), "\(came) \(place.files)")
    }

    @Test("New options reach every worker, between two of its frames")
    func mailbox() throws {
        let (id, log) = Recorder.newLog()
        let mailboxes = (0..<3).map { _ in StageMailbox() }
        let workers = try Self.workers(3, micros: 200, log: id, mailboxes: mailboxes)
        for number in 1...300 {
            workers.submit(Self.frame(number))
            if number % 50 == 0 {
                for mailbox in mailboxes {
                    mailbox.put(
                        Juggler(
                            options: TestOptions.of(
                                Juggler.self, ["label": .string("\(number)"), "micros": .integer(200)])))
                }
            }
        }
        workers.drain()
        workers.stop()
        #expect(log.frames.map(\.sequence) == Self.kept(300))
        for frame in log.frames {
            // Frame 54 is the first that cannot have been under way when the options of 50 came.
            let label = Int(frame.detections?.first?.label ?? "") ?? 0
            let number = Int(frame.sequence)
            #expect(label <= number + 4 && number <= label + 54, "\(number) as by \(label)")
        }
    }

    @Test("In a plan: two at a time, all of a file's frames in order, its end behind the last")
    func plan() async throws {
        let (id, log) = Recorder.newLog()
        let (gaugeID, gauge) = Juggler.newGauge()
        let run = try Run(
            """
            videotestsrc num-buffers=40 ! video/x-raw,width=64,height=48,framerate=500/1
              ! juggle name=j workers=2 company=2 id=\(gaugeID) ! juggle workers=2 micros=900 ! probe id=\(id) name=p
              ! streamtap name=t
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(gauge.most == 2)
        #expect(log.frames.map(\.sequence) == Self.kept(40))
        #expect(run.runner.tap("t")?.newest?.sequence == 40)
        #expect(run.runner.stages.map(\.name) == ["j", "juggle1", "p"])
        #expect(run.runner.stages.first?.failed == 4)
        #expect(run.runner.sources.first?.frames == 40 && run.runner.sources.first?.dropped == 0)
    }

    @Test("A live source loses its oldest, is counted, and stops in time")
    func live() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=200/1
              ! juggle workers=2 micros=200000 ! probe id=\(id)
            """)
        try await eventually { log.count >= 4 && (run.runner.stages.first?.dropped ?? 0) > 0 }
        let start = ContinuousClock.now
        try await run.stop()
        #expect(ContinuousClock.now - start < .seconds(2))
        let numbers = log.frames.map(\.sequence)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    }

    @Test("Stages whose frames depend on each other refuse workers and say why")
    func refused() throws {
        for name in ["motion", "track", "overlay", "grayscale", "crop", "zones zones=a:0,0:1,0:1,1"] {
            let text = name.replacing(":", with: " ").replacing("a ", with: "'a: ") + (name.contains(":") ? "'" : "")
            let error = #expect(throws: PlanError.self, "\(name)") {
                _ = try Run("videotestsrc ! \(text) workers=2 ! streamtap")
            }
            let problem = try #require(error?.diagnostics.first { $0.code == .unknownOption })
            #expect(problem.message.contains("takes no 'workers': "), "\(problem.message)")
        }
        let error = #expect(throws: PlanError.self) { _ = try Run("videotestsrc ! blur workers=9 ! streamtap") }
        #expect(error?.diagnostics.first?.message == "'workers' is a whole number from 1 to 8")
    }

    @Test("How many work is fixed when the plan starts; their other options are not")
    func change() async throws {
        let (id, log) = Recorder.newLog()
        let run = try Run(
            """
            videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=100/1
              ! juggle name=j workers=2 micros=100 ! probe id=\(id)
            """)
        guard case .refused(let problems) = run.runner.change("j", ["workers": .integer(3)]) else {
            Issue.record("workers were changed")
            return
        }
        #expect(problems.map(\.code) == [Diagnostic.Code(rawValue: "option_not_live")])
        guard case .changed = run.runner.change("j", ["label": .string("new"), "workers": .integer(2)]) else {
            Issue.record("what stays the same is no change")
            return
        }
        try await eventually { log.frames.suffix(4).count { $0.detections?.first?.label == "new" } == 4 }
        try await run.stop()
    }
}
