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

    @Test("numbers wait for the next round, a state does not")
    func rounds() {
        let changes = Changes()
        #expect(changes.touch("cam", at: 0))
        #expect(changes.take(at: 0).instances == ["cam"])
        #expect(!changes.touch("cam", at: 10 * Self.ms))
        #expect(changes.take(at: 20 * Self.ms).instances == [])
        #expect(changes.nextDue == 250 * Self.ms)
        #expect(changes.touch("other", isUrgent: true, at: 30 * Self.ms))
        #expect(changes.nextDue == .min)
        #expect(changes.take(at: 30 * Self.ms).instances == ["other"])
        #expect(changes.take(at: 250 * Self.ms).instances == ["cam", "other"])
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
        #expect((10...20).contains(looks), "\(looks)")
        #expect(changes.nextDue > 9_900 * Self.ms)
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
