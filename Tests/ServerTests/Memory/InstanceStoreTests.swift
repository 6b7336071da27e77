import Foundation
import GRDB
import Logging
import Plans
import TestSupport
import Testing

@testable import Server

@Suite("What instances there are to be")
struct InstanceStoreTests {
    private static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private static func instance(_ id: String, _ number: Int64 = 1, text: String = "videotestsrc # \u{0} ü\n")
        -> RememberedInstance
    {
        RememberedInstance(
            id: id, plan: number % 2 == 0 ? nil : "cam", text: text,
            parameters: [
                "number": .integer(number), "half": .number(0.5), "whole": .number(5), "on": .boolean(true),
                "word": .string("Türe \"1\"\n\u{0}'; DROP TABLE instance; --"),
            ], secrets: ["pin": "front-door"], options: ["soft": ["kernel": .integer(9)]],
            controls: ["camera": ["gain": -number]], created: 1_700_000_000_000_000 + number)
    }

    private static func open(_ directory: String) async throws -> InstanceStore {
        try await InstanceStore(in: directory, logger: logger)
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("what is kept is read again as it was, oldest first, by nobody else")
    func roundTrip() async throws {
        let directory = try TemporaryDirectory().path + "/deep/state"
        try DatabaseFile.makeDirectory(directory)
        #expect(try Self.mode(directory) == 0o700)
        do {
            let store = try await Self.open(directory)
            #expect(store.remembered.isEmpty && store.notes.isEmpty)
            #expect(await store.currentTrouble() == nil)
            for (id, number) in [("b", 2), ("a", 3), ("c", 1), ("d", 4)] {
                try await store.make(.save(Self.instance(id, Int64(number))))
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                #expect(try Self.mode("\(directory)/\(name)") == 0o600, "\(name)")
            }
            try await store.make(.options(["soft": ["kernel": .integer(3)], "lines": ["low": .number(0.25)]], of: "a"))
            try await store.make(.controls(["camera": ["gain": 4], "other": ["focus": 1]], of: "a"))
            try await store.make(.completed("b", 5))
            try await store.make(.forget("d"))
            await store.close()
        }
        var (a, b, c) = (Self.instance("a", 3), Self.instance("b", 2), Self.instance("c", 1))
        a.options = ["soft": ["kernel": .integer(3)], "lines": ["low": .number(0.25)]]
        a.controls = ["camera": ["gain": 4], "other": ["focus": 1]]
        b.completed = 5
        // JSON knows one kind of number.
        (a.parameters["whole"], b.parameters["whole"], c.parameters["whole"]) = (.integer(5), .integer(5), .integer(5))
        #expect(try await Self.open(directory).remembered == [c, b, a])
    }

    @Test("what is handed over first is made first, whoever waits for it")
    func order() async throws {
        let directory = try TemporaryDirectory().path
        var generator = SeededGenerator.announced()
        var expected: [String: RememberedInstance] = [:]
        do {
            let store = try await Self.open(directory)
            for _ in 0..<400 {
                let id = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
                let changes: [StateChange] = [
                    .save(Self.instance(id, .random(in: 1...9, using: &generator))), .forget(id), .probe,
                    .options(["soft": ["kernel": .integer(.random(in: 1...9, using: &generator))]], of: id),
                    .completed(id, .random(in: 1...9, using: &generator)),
                ]
                guard let change = changes.randomElement(using: &generator) else { continue }
                expected.apply(change)
                if Bool.random(using: &generator) { store.hand(change) } else { try await store.make(change) }
            }
            try await store.make(.probe)
            await store.close()
        }
        for id in expected.keys { expected[id]?.parameters["whole"] = .integer(5) }
        let again = try await Self.open(directory)
        #expect(Dictionary(again.remembered.map { ($0.id, $0) }, uniquingKeysWith: { $1 }) == expected)
    }

    @Test("a second server is kept out, and let in when the first is gone")
    func lock() async throws {
        let directory = try TemporaryDirectory().path
        do {
            let first = try await Self.open(directory)
            let error = await #expect(throws: ServiceError.self) { _ = try await Self.open(directory) }
            #expect(
                error?.code == .configuration && error?.message.contains("process \(getpid())") == true,
                "\(error?.message ?? "")")
            #expect(error?.message.contains("--state") == true)
            try await first.make(.save(Self.instance("a")))
            await first.close()
        }
        #expect(try await Self.open(directory).remembered.map(\.id) == ["a"])
    }

    static let damage: [(String, @Sendable (Data) -> Data)] = [
        ("half of it is gone", { $0.prefix($0.count / 2) }),
        ("its header is gone", { Data(count: 100) + $0.dropFirst(100) }),
        ("it is a text", { _ in Data("this is no database\n".utf8) + Data(count: 5000) }),
        (
            "its pages are noise",
            { data in
                var generator = SeededGenerator(seed: 7)
                return data.prefix(100)
                    + Data((100..<data.count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            }
        ),
    ]

    @Test("a broken file is set aside, with words, and a new one is begun", arguments: damage.indices)
    func broken(number: Int) async throws {
        let directory = try TemporaryDirectory().path
        let path = "\(directory)/state.sqlite"
        do {
            let store = try await Self.open(directory)
            for number in 1...40 { try await store.make(.save(Self.instance("i\(number)", Int64(number)))) }
            await store.close()
        }
        let damaged = Self.damage[number].1(try Data(contentsOf: URL(filePath: path)))
        try damaged.write(to: URL(filePath: path))
        let store = try await Self.open(directory)
        #expect(store.remembered.isEmpty)
        let note = try #require(store.notes.first)
        let name = try #require(note.split(separator: " ").last)
        #expect(name.hasPrefix("state.broken-"), "\(note)")
        #expect(try Data(contentsOf: URL(filePath: "\(directory)/\(name)")) == damaged)
        try await store.make(.save(Self.instance("new")))
        #expect(await store.currentTrouble() == nil)
    }

    @Test("a file of a newer version is left alone, and ends the start")
    func newer() async throws {
        let directory = try TemporaryDirectory().path
        let path = "\(directory)/state.sqlite"
        do {
            var migrator = StateSchema.migrator
            migrator.registerMigration("later") { try $0.execute(sql: "CREATE TABLE later (x)") }
            let database = try DatabaseQueue(path: path)
            try migrator.migrate(database)
            try database.close()
        }
        let error = await #expect(throws: ServiceError.self) { _ = try await Self.open(directory) }
        #expect(error?.code == .configuration && error?.message.contains("newer") == true)
        let tables = try await DatabaseQueue(path: path).read { database in
            try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        #expect(tables.contains("later") && tables.contains("instance"))
    }

    /// As version 1 wrote it; later versions have to read it for good.
    @Test("a file of the first version is read")
    func firstVersion() async throws {
        let directory = try TemporaryDirectory().path
        do {
            let database = try DatabaseQueue(path: "\(directory)/state.sqlite")
            defer { try? database.close() }
            try await database.writeWithoutTransaction { database in
                try database.execute(
                    sql: """
                        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                        INSERT INTO grdb_migrations VALUES ('1');
                        CREATE TABLE instance (
                            id TEXT PRIMARY KEY NOT NULL, plan TEXT, text TEXT NOT NULL, parameters TEXT NOT NULL,
                            secrets TEXT NOT NULL, options TEXT NOT NULL, created_us INTEGER NOT NULL, completed_us INTEGER
                        );
                        CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL);
                        INSERT INTO probe VALUES (1, 0);
                        INSERT INTO instance VALUES ('door', 'cam', 'videotestsrc ! streamtap', '{"width":640,"name":"x"}',
                            '{"pin":"front"}', '{"soft":{"kernel":9}}', 1700000000000000, NULL);
                        INSERT INTO instance VALUES ('torn', 'cam', 'videotestsrc ! streamtap', '{"width":', '{}', '{}', 1, NULL);
                        """)
            }
        }
        let store = try await Self.open(directory)
        #expect(
            store.remembered == [
                RememberedInstance(
                    id: "door", plan: "cam", text: "videotestsrc ! streamtap",
                    parameters: ["width": .integer(640), "name": .string("x")], secrets: ["pin": "front"],
                    options: ["soft": ["kernel": .integer(9)]], created: 1_700_000_000_000_000)
            ])
        #expect(store.notes.count == 1 && store.notes[0].contains("torn"), "a row that nobody can read is said")
    }

    @Test("a file that was taken away is made again, with all that was in it")
    func takenAway() async throws {
        let directory = try TemporaryDirectory().path
        do {
            let store = try await Self.open(directory)
            try await store.make(.save(Self.instance("a")))
            for name in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(directory)/state.sqlite\(name)")
            }
            try await store.make(.save(Self.instance("b", 3)))
            await store.close()
        }
        #expect(try await Self.open(directory).remembered.map(\.id) == ["a", "b"])
    }

    @Test("a full disk refuses, says so, and keeps again once there is room", .enabled(if: Disk.isPossible))
    func fullDisk() async throws {
        let disk = try Disk(kilobytes: 2 << 10)
        defer { disk.remove() }
        do {
            let store = try await Self.open("\(disk.path)")
            try await store.make(.save(Self.instance("a")))
            try disk.fill()
            let large = Self.instance("b", 3, text: String(repeating: "x", count: 100_000))
            let error = await #expect(throws: ServiceError.self) { try await store.make(.save(large)) }
            #expect(error?.code == .stateFull && error?.message.contains("no space") == true, "\(error?.message ?? "")")
            // What fills a disk may be what is to be ended.
            try await store.make(.forget("a"))
            try disk.clear()
            try await store.make(.save(large))
            #expect(await store.currentTrouble() == nil)
            await store.close()
        }
        #expect(try await Self.open(disk.path).remembered.map(\.id) == ["b"])
    }

    @Test(
        "what can only be read is read, and nothing is kept", .enabled(if: Disk.isPossible), arguments: [false, true])
    func readOnly(afterCrash: Bool) async throws {
        let disk = try Disk(kilobytes: 4 << 10)
        defer { disk.remove() }
        do {
            let store = try await Self.open(disk.path)
            try await store.make(.save(Self.instance("a")))
            let copies = ["state.sqlite", "state.sqlite-wal"].map { name in
                (name, FileManager.default.contents(atPath: "\(disk.path)/\(name)"))
            }
            await store.close()
            // As a crash leaves them: what was kept last stands beside the file.
            if afterCrash {
                for (name, content) in copies { try content?.write(to: URL(filePath: "\(disk.path)/\(name)")) }
            }
        }
        try disk.makeReadOnly()
        let store = try await Self.open(disk.path)
        #expect(store.remembered.map(\.id) == ["a"])
        let error = await #expect(throws: ServiceError.self) { try await store.make(.save(Self.instance("b"))) }
        #expect(error?.code == .stateUnavailable, "\(error?.message ?? "")")
        #expect(await store.currentTrouble() != nil)
        try disk.makeReadOnly(false)
        try await store.make(.save(Self.instance("b", 3)))
        #expect(await store.currentTrouble() == nil)
        try await store.make(.forget("a"))
        await store.close()
    }
}
