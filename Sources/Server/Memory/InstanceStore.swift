import Dispatch
import Foundation
import GRDB
import Logging
import Synchronization

/// The instances that there are to be, on disk: what it has said yes to is there after whatever ends this process.
///
/// Changes are made in the order in which they are handed over, several at once where they wait for the disk. Where the
/// disk is full or can only be read, each change is refused until one works again.
final class InstanceStore: Sendable {
    private struct Books {
        var database: DatabaseQueue?
        var lock: StateLock?
        /// Device and number of the file that is open.
        var file: [UInt64] = []
        /// What the file holds by all that was said yes to; nil: it was there, or might have been, and could not be read.
        var rows: [String: RememberedInstance]?

        /// At once: what closes later would take the files of the next one along.
        mutating func close() {
            try? database?.close()
            database = nil
        }
    }

    private struct Request: Sendable {
        var change: StateChange
        var done: @Sendable (StateTrouble?) -> Void
    }

    /// As they were at the start, oldest first.
    let remembered: [RememberedInstance]
    private let directory: String
    private let file: DatabaseFile
    private let reserve: DiskReserve
    private let logger: Logger
    /// Everything that waits for the disk.
    private let queue = DispatchQueue(label: "streamtap.state")
    /// Used on `queue` alone.
    private let books: Mutex<Books>
    private let waiting = Mutex<[Request]>([])
    private let trouble: Mutex<StateTrouble?>
    private let said: Mutex<[String]>

    /// What people ought to know of the start: a broken file was set aside.
    var notes: [String] { said.withLock(\.self) }

    /// Opens `state.sqlite` of a directory.
    ///
    /// - Throws: `ServiceError` `configuration` when another server has it, or a newer version wrote it. Nothing else ends a
    ///   server's start: what cannot be kept is refused.
    init(in directory: String, trouble before: StateTrouble? = nil, logger: Logger) async throws(ServiceError) {
        self.directory = directory
        self.logger = logger
        file = DatabaseFile(path: "\(directory)/state.sqlite")
        reserve = DiskReserve(path: "\(directory)/reserve")
        var books = Books()
        var notes: [String] = []
        var trouble = before
        do {
            if let before { throw before }
            books.lock = try await StateLock.awaited(directory)
            books.database = try Self.open(file, &notes, logger)
        } catch let error as StateLock.Taken {
            throw .stateTaken(directory, process: error.process)
        } catch DatabaseFile.Failure.newer {
            throw .stateIsNewer(file.path)
        } catch DatabaseFile.Failure.unavailable(let reason) {
            trouble = reason
        } catch {
            trouble = StateTrouble(error)
        }
        if let trouble { logger.error("nothing can be kept in \(directory): \(trouble.words)") }
        do {
            let found = try books.database.map(Self.read) ?? Self.readCopy(of: file)
            for id in found?.unreadable ?? [] {
                notes.append("what is remembered of instance \(id) cannot be read")
                logger.error("what is remembered of instance \(id) cannot be read; it stays in \(file.path)")
            }
            remembered = found?.instances ?? []
            books.rows = found.map { Self.byID($0.instances) }
        } catch {
            let words = StateTrouble(error).words
            notes.append("what is remembered cannot be read: \(words)")
            logger.error("what is remembered in \(directory) cannot be read: \(words)")
            remembered = []
        }
        books.file = Self.identity(of: file.path)
        self.books = Mutex(books)
        self.trouble = Mutex(trouble)
        said = Mutex(notes)
    }

    // MARK: Changes

    /// Returns once it is kept. What is handed over first is made first.
    ///
    /// - Throws: `ServiceError` `state_full`, `state_unavailable`: then it is not.
    func make(_ change: StateChange, isolation: isolated (any Actor)? = #isolation) async throws(ServiceError) {
        // In the caller's isolation up to here: its order is the order on disk.
        let trouble = await withCheckedContinuation(isolation: isolation) { continuation in
            hand(change) { continuation.resume(returning: $0) }
        }
        if let trouble { throw trouble.answer }
    }

    /// The same without anybody who waits for it.
    func hand(_ change: StateChange, done: @escaping @Sendable (StateTrouble?) -> Void = { _ in }) {
        waiting.withLock { $0.append(Request(change: change, done: done)) }
        queue.async { self.work() }
    }

    private func work() {
        let requests = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !requests.isEmpty else { return }
        if requests.count > 1, make(requests.map(\.change)) == nil {
            for request in requests { request.done(nil) }
            return
        }
        // One that is too large for the room there is keeps no other from being made.
        for request in requests { request.done(makeAnyhow(request.change)) }
    }

    /// What fills a disk may be what is to be ended: for that there is room.
    private func makeAnyhow(_ change: StateChange) -> StateTrouble? {
        let trouble = make([change])
        guard case .forget = change, trouble?.isFull == true, reserve.release() else { return trouble }
        return make([change])
    }

    private func make(_ changes: [StateChange]) -> StateTrouble? {
        let trouble = books.withLock { books -> StateTrouble? in
            do {
                let database = try open(&books)
                try database.write { database in
                    for change in changes { try database.make(change) }
                }
                for change in changes { books.rows?.apply(change) }
                return nil
            } catch {
                let trouble = StateTrouble(error)
                // With room it goes on as it is; whatever else is the matter, the next one begins afresh.
                if !trouble.isFull { books.close() }
                return trouble
            }
        }
        if trouble == nil { reserve.make() }
        let before = self.trouble.withLock { known in
            defer { known = trouble }
            return known
        }
        if let trouble, trouble != before {
            logger.error("nothing can be kept in \(directory): \(trouble.words)")
        } else if trouble == nil, before != nil {
            logger.info("what is told is kept again in \(directory)")
        }
        return trouble
    }

    // MARK: The file

    /// The file that is there, which may have been taken away since.
    private func open(_ books: inout Books) throws -> DatabaseQueue {
        if let database = books.database, Self.identity(of: file.path) == books.file { return database }
        books.close()
        try DatabaseFile.makeDirectory(directory)
        if books.lock == nil { books.lock = try StateLock(directory) }
        var notes: [String] = []
        let database: DatabaseQueue
        do {
            database = try Self.open(file, &notes, logger)
        } catch DatabaseFile.Failure.unavailable(let trouble) {
            throw trouble
        } catch {
            throw StateTrouble("its file cannot be used")
        }
        said.withLock { $0 += notes }
        let found = try database.read { Self.byID(try $0.instances().instances) }
        if let rows = books.rows {
            try database.write { database in
                for id in found.keys where rows[id] == nil { try database.make(.forget(id)) }
                for (id, row) in rows where found[id] != row { try database.make(.save(row)) }
            }
        } else {
            guard found.isEmpty else {
                throw StateTrouble("there are instances that this server did not start with; a restart reads them")
            }
            books.rows = [:]
        }
        books.database = database
        books.file = Self.identity(of: file.path)
        return database
    }

    private static func open(_ file: DatabaseFile, _ notes: inout [String], _ logger: Logger) throws -> DatabaseQueue {
        do {
            return try file.open(StateSchema.migrator)
        } catch DatabaseFile.Failure.broken(let words) {
            let name = try file.setAside()
            notes.append("the file of instances was broken and is set aside as \(name)")
            logger.error("\(file.path) is broken (\(words)) and set aside as \(name); no instance of it runs")
            return try file.open(StateSchema.migrator)
        }
    }

    private typealias Found = (instances: [RememberedInstance], unreadable: [String])

    private static func read(_ database: DatabaseQueue) throws -> Found { try database.read { try $0.instances() } }

    /// - Returns: nil where there is no file.
    private static func readCopy(of file: DatabaseFile) throws -> Found? {
        try file.copiedIntoMemory(StateSchema.migrator)?.read { try $0.instances() }
    }

    private static func byID(_ instances: [RememberedInstance]) -> [String: RememberedInstance] {
        Dictionary(instances.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }

    private static func identity(of path: String) -> [UInt64] {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return [] }
        return [.systemNumber, .systemFileNumber].compactMap { (facts[$0] as? NSNumber)?.uint64Value }
    }

    // MARK: How it stands

    /// Why nothing can be kept just now; nil: what is told is kept. Asks the disk where there is doubt.
    func currentTrouble() async -> StateTrouble? {
        if trouble.withLock({ $0 }) == nil, DatabaseFile.seemsWritable(directory) { return nil }
        return await withCheckedContinuation { continuation in
            hand(.probe) { continuation.resume(returning: $0) }
        }
    }

    /// The same as it was known last, without asking.
    var isKeeping: Bool { trouble.withLock { $0 == nil } }

    /// Lets the file be one file again, and others have the directory.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.books.withLock { books in
                    books.close()
                    books.lock = nil
                }
                continuation.resume()
            }
        }
    }
}
