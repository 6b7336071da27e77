import Testing

@testable import Server

@Suite("When to look at what again")
struct StateChangesTests {
    private static let ms: Int64 = 1_000_000

    /// Changes that have looked at the plans just now, so that those are not in the way.
    private final class Changes {
        private var changes = StateChanges()

        init() {
            _ = changes.take(at: 0)
            changes.lookedAtPlans(at: 0)
        }

        var nextDue: Int64 { changes.nextDue }
        func touch(_ id: String, isUrgent: Bool = false, at now: Int64) -> Bool {
            changes.touch(id, isUrgent: isUrgent, at: now)
        }
        func wantSnapshot(_ request: UInt64) { changes.wantSnapshot(request) }
        func take(at now: Int64) -> StateChanges.Work { changes.take(at: now) }
        func lookedAtPlans(at now: Int64) { changes.lookedAtPlans(at: now) }
    }

    @Test("numbers wait until the last look is long enough ago, a state does not")
    func rounds() {
        let changes = Changes()
        #expect(changes.touch("cam", at: 0))
        #expect(changes.take(at: 0).instances == ["cam"])
        #expect(changes.touch("cam", at: 10 * Self.ms))
        #expect(!changes.touch("cam", at: 15 * Self.ms))
        #expect(changes.take(at: 20 * Self.ms).instances == [])
        #expect(changes.nextDue == 250 * Self.ms)
        #expect(changes.touch("other", isUrgent: true, at: 30 * Self.ms))
        #expect(changes.nextDue == .min)
        #expect(changes.take(at: 30 * Self.ms).instances == ["other"])
        #expect(changes.take(at: 249 * Self.ms).instances == [])
        #expect(changes.take(at: 250 * Self.ms).instances == ["cam"])
    }

    @Test("what nobody speaks of any more is looked at for a few seconds, and then costs nothing")
    func settling() {
        let changes = Changes()
        #expect(changes.touch("cam", isUrgent: true, at: 0))
        var looks = 0
        for tick in 0..<100 {
            let now = Int64(tick) * 100 * Self.ms
            looks += changes.take(at: now).instances.count
            changes.lookedAtPlans(at: now)
        }
        #expect((5...20).contains(looks), "\(looks)")
        #expect(changes.nextDue > 9_900 * Self.ms)
    }

    @Test("one that reports every 250 ms is looked at when it has reported, not before")
    func phase() {
        let changes = Changes()
        var looks: [Int64] = []
        for now in 0..<10_000 {
            let now = Int64(now) * Self.ms
            if now % (251 * Self.ms) == 0 { _ = changes.touch("cam", at: now) }
            if !changes.take(at: now).instances.isEmpty { looks.append(now / Self.ms) }
            changes.lookedAtPlans(at: now)
        }
        #expect(looks == (0..<looks.count).map { Int64($0) * 251 })
        #expect(looks.count == 40)
    }

    @Test("many that report at different times are looked at together, ten times a second")
    func together() {
        let changes = Changes()
        var (rounds, looks) = (0, 0)
        for now in 0..<10_000 {
            let time = Int64(now) * Self.ms
            for camera in 0..<50 where now % 250 == camera * 5 { _ = changes.touch("cam\(camera)", at: time) }
            let count = changes.take(at: time).instances.count
            (rounds, looks) = (rounds + (count > 0 ? 1 : 0), looks + count)
            changes.lookedAtPlans(at: time)
        }
        #expect(rounds <= 100)
        #expect((50 * 30...50 * 40).contains(looks), "\(looks)")
    }

    @Test("however many ask for a snapshot, four a second are made")
    func snapshots() {
        let changes = Changes()
        let made = (1...1000).compactMap { request in
            changes.wantSnapshot(UInt64(request))
            return changes.take(at: Int64(request) * Self.ms).snapshot
        }
        #expect(made == [1, 251, 501, 751])
        #expect(changes.nextDue <= 1001 * Self.ms)
    }

    @Test("the plans are looked at once a second, and not while somebody still does")
    func plans() {
        let changes = Changes()
        #expect(!changes.take(at: 999 * Self.ms).plans)
        #expect(changes.take(at: 1000 * Self.ms).plans)
        #expect(!changes.take(at: 9000 * Self.ms).plans)
        #expect(changes.nextDue == .max)
        changes.lookedAtPlans(at: 9000 * Self.ms)
        #expect(changes.nextDue == 10_000 * Self.ms)
    }
}
