import Foundation
import GRDB
import Logging

/// What a server knows after a restart: the instances that there are to be, and what has happened.
struct ServerMemory: Sendable {
    /// Nil: instances end with the server.
    var store: InstanceStore?
    var log: EventLog
    /// Why there is no store though nobody said that there shall be none, or no log.
    private var notes: [String] = []

    /// One that ends with the process.
    static func ephemeral() -> ServerMemory { ServerMemory(store: nil, log: .inMemory()) }

    private init(store: InstanceStore?, log: EventLog, notes: [String] = []) {
        self.store = store
        self.log = log
        self.notes = notes
    }

    /// - Throws: `ServiceError` `configuration` when another server has the directory, or a newer version wrote it.
    init(_ location: StateLocation, logger: Logger) async throws(ServiceError) {
        let directory: String
        var isNamed = false
        switch location {
        case .none:
            self = .ephemeral()
            return
        case .named(let path): (directory, isNamed) = (path, true)
        case .standard(let path): directory = path
        }
        var trouble: StateTrouble?
        do {
            try DatabaseFile.makeDirectory(directory)
        } catch {
            trouble = StateTrouble(error)
        }
        if let trouble, !isNamed {
            // Nobody has asked for it, and nothing can ever have been there.
            logger.warning(
                "nothing is remembered over a restart: \(directory): \(trouble.words); --state DIR names another place")
            let words = "nothing is remembered over a restart: \(trouble.words)"
            self.init(store: nil, log: .inMemory(), notes: [words])
            return
        }
        let store = try await InstanceStore(in: directory, trouble: trouble, logger: logger)
        let (log, words) = Self.openLog(DatabaseFile(path: "\(directory)/events.sqlite", durability: .normal), logger)
        self.init(store: store, log: log, notes: words)
    }

    private static func openLog(_ file: DatabaseFile, _ logger: Logger) -> (EventLog, [String]) {
        let words = "what happens is not remembered over a restart"
        do {
            return (EventLog(try file.open(EventSchema.migrator)), [])
        } catch .broken(let complaint) {
            guard let name = try? file.setAside(), let database = try? file.open(EventSchema.migrator) else {
                logger.error("\(words): \(file.path) is broken (\(complaint)), and cannot be set aside")
                return (.inMemory(), [words])
            }
            logger.error("\(file.path) is broken (\(complaint)) and set aside as \(name)")
            return (EventLog(database), ["the log of events was broken and is set aside as \(name)"])
        } catch {
            logger.error("\(words): \(file.path) cannot be used")
            return (.inMemory(), [words])
        }
    }

    /// How it stands, for `/readyz`.
    func condition() async -> StateCondition {
        guard let store else { return StateCondition(status: .none, message: nil, notes: notes) }
        let trouble = await store.currentTrouble()
        return StateCondition(
            status: trouble == nil ? .kept : .unavailable,
            message: trouble.map { "what is told now cannot be kept: \($0.words)" }, notes: store.notes + notes)
    }

    /// Writes what waits, and lets go of the files.
    func close() async {
        await log.close()
        await store?.close()
    }
}

/// What becomes of what the server is told.
struct StateCondition: Sendable, Hashable, Encodable {
    enum Status: String, Sendable, Encodable {
        /// It is there after a restart.
        case kept
        /// It is refused, because it could not be.
        case unavailable
        /// It ends with the server.
        case none
    }

    var status: Status
    /// Why it cannot be kept.
    var message: String?
    /// What people ought to know besides, such as a broken file that was set aside.
    var notes: [String]
}
