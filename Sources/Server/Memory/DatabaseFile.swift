import Foundation
import GRDB

#if canImport(Glibc)
import Glibc
#endif

/// One SQLite file of the state directory, with those that SQLite puts beside it.
struct DatabaseFile: Sendable {
    /// Why a file could not be opened.
    enum Failure: Error {
        /// It is no database, or a damaged one.
        case broken(String)
        /// A newer version has made it.
        case newer
        case unavailable(StateTrouble)
    }

    /// When a change counts as made.
    enum Durability: String, Sendable {
        /// When it would survive the loss of power.
        case full = "FULL"
        /// When it would survive this process; the loss of power may take the last ones along.
        case normal = "NORMAL"
    }

    let path: String
    var durability = Durability.full

    /// Opens it, checks it and brings it up to date; makes it where it is not there.
    ///
    /// - Parameter schema: all versions that there have been.
    func open(_ schema: DatabaseMigrator) throws(Failure) -> DatabaseQueue {
        do {
            try keepPrivate()
            var configuration = Configuration()
            configuration.journalMode = .wal
            // Another program that has it open writes for milliseconds.
            configuration.busyMode = .timeout(2)
            configuration.label = URL(filePath: path).lastPathComponent
            configuration.prepareDatabase { database in
                // What is deleted may have held a password; what is only passing needs no file.
                try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let complaint = try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
                return try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            }
            guard complaint == "ok" else { throw Failure.broken(complaint ?? "it cannot be checked") }
            guard try !queue.read(schema.hasBeenSuperseded) else { throw Failure.newer }
            try schema.migrate(queue)
            return queue
        } catch let failure as Failure {
            throw failure
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
        {
            throw .broken(error.message ?? "\(error.resultCode)")
        } catch {
            throw .unavailable(StateTrouble(error))
        }
    }

    /// SQLite gives the files beside it the mode of this one.
    private func keepPrivate() throws(StateTrouble) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateTrouble(errno: errno) }
        _ = fchmod(descriptor, 0o600)
        close(descriptor)
    }

    /// What else belongs to it.
    private static let companions = ["-wal", "-shm"]

    /// Gives it, and what belongs to it, another name.
    ///
    /// - Returns: that name.
    func setAside(at now: Date = Date()) throws(StateTrouble) -> String {
        let time = now.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        let url = URL(filePath: path)
        let stem = url.deletingPathExtension().lastPathComponent
        let directory = url.deletingLastPathComponent()
        var name = "\(stem).broken-\(time).sqlite"
        var number = 2
        while FileManager.default.fileExists(atPath: directory.appending(path: name).path()) {
            name = "\(stem).broken-\(time)-\(number).sqlite"
            number += 1
        }
        // The file itself goes last: with it gone, nobody would look for the others.
        for companion in Self.companions + [""] {
            let target = directory.appending(path: name + companion).path()
            guard rename(path + companion, target) != 0, errno != ENOENT else { continue }
            throw StateTrouble(errno: errno)
        }
        return name
    }

    /// A copy in a directory of its own, for where this one can only be read.
    ///
    /// - Returns: nil where there is no file.
    private func copied(to directory: String) throws -> DatabaseFile? {
        let files = FileManager.default
        guard access(path, F_OK) == 0 else {
            if errno == ENOENT { return nil }
            throw StateTrouble(errno: errno)
        }
        let copy = DatabaseFile(path: "\(directory)/\(URL(filePath: path).lastPathComponent)")
        // Not `-shm`: it is an index of `-wal`, and made anew.
        for companion in ["", "-wal"] where access(path + companion, F_OK) == 0 {
            guard let content = files.contents(atPath: path + companion) else {
                throw StateTrouble("its file cannot be read")
            }
            guard
                files.createFile(
                    atPath: copy.path + companion, contents: content, attributes: [.posixPermissions: 0o600])
            else { throw StateTrouble("there is no room for a copy of its file") }
        }
        return copy
    }

    /// What a file holds that can only be read: SQLite would write beside it.
    ///
    /// - Returns: nil where there is no file.
    func copiedIntoMemory(_ schema: DatabaseMigrator) throws -> DatabaseQueue? {
        var failure: any Error = StateTrouble("there is no room for a copy of it")
        for parent in [FileManager.default.temporaryDirectory.path(), "/dev/shm"] {
            let place = "\(parent)/streamtap-\(UUID().uuidString)"
            do {
                try Self.makeDirectory(place)
                defer { try? FileManager.default.removeItem(atPath: place) }
                guard let copy = try copied(to: place) else { return nil }
                let memory = try DatabaseQueue()
                try copy.open(schema).backup(to: memory)
                return memory
            } catch {
                failure = error
            }
        }
        throw failure
    }

    // MARK: The directory

    /// Makes a directory that nobody else may look into, and those above it; one that is there stays as it is.
    static func makeDirectory(_ path: String) throws {
        guard access(path, F_OK) != 0 else { return }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Whether there is nothing to be seen that would keep a small change from being made.
    static func seemsWritable(_ directory: String) -> Bool {
        var facts = statvfs()
        guard statvfs(directory, &facts) == 0, facts.f_flag & UInt(ST_RDONLY) == 0 else { return false }
        // Some file systems do not count.
        guard facts.f_blocks > 0 else { return true }
        let free = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        return UInt64(free) * UInt64(facts.f_frsize) > 1 << 20
    }
}
