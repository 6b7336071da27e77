import Foundation
import GRDB
import TestSupport
import Testing

@testable import Server

@Suite("The log of events")
struct EventLogTests {
    private static func log(_ path: String, limits: EventLog.Limits = .init()) throws -> EventLog {
        EventLog(
            try DatabaseFile(path: path, durability: .normal).open(EventSchema.migrator), limits: limits)
    }

    @Test("is asked for the newest, for what came after, and for one instance; oldest first")
    func queries() async throws {
        let log = EventLog.inMemory()
        #expect(try await log.events(EventQuery()).isEmpty)
        let base = LoggedEvent.now
        for number in 1...50 {
            log.append(
                LoggedEvent(
                    number % 2 == 0 ? .created : .state, of: number % 5 == 0 ? nil : "cam\(number % 3)",
                    state: number % 2 == 0 ? nil : .retrying, reason: number % 2 == 0 ? nil : "refused",
                    message: "\(number)", at: base + Int64(number)))
        }
        let all = try await log.events(EventQuery(limit: 1000))
        #expect(all.compactMap(\.message) == (1...50).map(String.init))
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.id < $1.id })
        #expect(all[0].state == .retrying && all[0].reason == "refused" && all[0].kind == .state)
        #expect(try await log.events(EventQuery(limit: 3)).compactMap(\.message) == ["48", "49", "50"])
        let after = try await log.events(EventQuery(since: .id(all[9].id), limit: 3))
        #expect(after.compactMap(\.message) == ["11", "12", "13"])
        let later = try await log.events(EventQuery(since: .time(base + 48)))
        #expect(later.compactMap(\.message) == ["49", "50"])
        let own = try await log.events(EventQuery(instance: "cam1", since: .id(0), limit: 2))
        #expect(own.compactMap(\.message) == ["1", "4"] && own.allSatisfy { $0.instance == "cam1" })
        #expect(try await log.events(EventQuery(instance: "'; DROP TABLE event; --")).isEmpty)
    }

    @Test("who has asked for it is kept; a log of before goes on")
    func initiators() async throws {
        let path = try TemporaryDirectory().path + "/events.sqlite"
        // As the first version has made it.
        do {
            let queue = try DatabaseFile(path: path, durability: .normal).open(EventSchema.first)
            try await queue.write { database in
                try database.execute(sql: "INSERT INTO event (at_us, instance, kind) VALUES (1, 'old', 'created')")
            }
            try queue.close()
        }
        let log = try Self.log(path, limits: .init(age: .max / 2))
        log.append(LoggedEvent(.deleted, of: "new", by: "anna"))
        log.append(LoggedEvent(.state, of: "new", state: .stopping))
        let events = try await log.events(EventQuery())
        #expect(events.map(\.instance) == ["old", "new", "new"] && events.map(\.by) == [nil, "anna", nil])
        await log.close()
    }

    @Test("keeps as much as it may: a busy instance pushes out its own, and what is old goes")
    func pruning() async throws {
        let path = try TemporaryDirectory().path + "/events.sqlite"
        let limits = EventLog.Limits(age: 60_000_000, count: 60, countOfInstance: 20, round: 10)
        let now = LoggedEvent.now
        do {
            let log = try Self.log(path, limits: limits)
            log.append(LoggedEvent(.created, of: "old", at: now - 61_000_000))
            for _ in 1...5 { log.append(LoggedEvent(.created, of: "quiet", at: now)) }
            for round in 1...20 {
                for _ in 1...10 { log.append(LoggedEvent(.state, of: "busy", at: now)) }
                // Each question writes what waits.
                #expect(try await log.events(EventQuery(limit: 1000)).count <= 20 + 10 + 5, "round \(round)")
            }
            #expect(try await log.events(EventQuery(instance: "quiet")).count == 5)
            #expect(try await log.events(EventQuery(instance: "old")).isEmpty)
            for number in 1...20 { for _ in 1...10 { log.append(LoggedEvent(.state, of: "i\(number)", at: now)) } }
            #expect(try await log.events(EventQuery(limit: 1000)).count <= 60)
            await log.close()
        }
        let last = try await Self.log(path, limits: limits).events(EventQuery(limit: 1))
        #expect(last.first?.instance == "i20", "the newest is what stays")
    }

    @Test("ids rise over restarts, and over a log that was lost")
    func ids() async throws {
        let path = try TemporaryDirectory().path + "/events.sqlite"
        var last: Int64 = 0
        for round in 1...3 {
            let log = try Self.log(path)
            log.append(LoggedEvent(.created, of: "a"))
            let id = try #require(try await log.events(EventQuery(limit: 1)).first?.id)
            #expect(id > last, "round \(round)")
            last = id
            await log.close()
        }
        let other = EventLog.inMemory()
        other.append(LoggedEvent(.created, of: "a"))
        #expect(try await other.events(EventQuery(since: .id(last - 3))).count == 1)
    }

    @Test("more than can wait is counted, and nobody is held up")
    func overflow() async throws {
        let log = EventLog.inMemory(limits: EventLog.Limits(waiting: 100))
        for number in 1...500 { log.append(LoggedEvent(.state, of: "a", message: "\(number)")) }
        let events = try await log.events(EventQuery(limit: 1000))
        let lost = events.filter { $0.kind == .lost }.compactMap {
            $0.message?.split(separator: " ").first.flatMap { Int($0) }
        }
        #expect(events.count - lost.count + lost.reduce(0, +) == 500)
        #expect(events.last?.message == "500")
    }

    @Test("a disk that is full loses none while there is room in memory", .enabled(if: Disk.isPossible))
    func fullDisk() async throws {
        let disk = try Disk(kilobytes: 1 << 10)
        defer { disk.remove() }
        let log = try Self.log("\(disk.path)/events.sqlite")
        try disk.fill()
        for number in 1...500 {
            log.append(LoggedEvent(.state, of: "a", message: "\(number) " + String(repeating: "x", count: 500)))
        }
        #expect(try await log.events(EventQuery(limit: 1000)).count < 500)
        try disk.clear()
        #expect(try await log.events(EventQuery(limit: 1000)).count == 500)
    }

    @Test(
        "a query is understood, or refused",
        arguments: [
            ([], EventQuery()),
            ([("instance", "door"), ("limit", "7")], EventQuery(instance: "door", limit: 7)),
            ([("since", "17")], EventQuery(since: .id(17))),
            ([("since", "2026-01-01T00:00:00Z")], EventQuery(since: .time(1_767_225_600_000_000))),
            ([("since", "2026-01-01T00:00:00.250Z")], EventQuery(since: .time(1_767_225_600_250_000))),
            ([("since", "2026-01-01T02:00:00 02:00")], EventQuery(since: .time(1_767_225_600_000_000))),
            ([("since", "yesterday")], nil), ([("since", "-1")], nil), ([("limit", "0")], nil),
            ([("limit", "1001")], nil),
            ([("from", "1")], nil),
        ] as [([(String, String)], EventQuery?)])
    func parsing(parameters: [(String, String)], expected: EventQuery?) {
        #expect((try? EventQuery(parameters.map { (name: $0.0, value: $0.1) })) == expected)
    }
}
