import GRDB

/// The tables of `events.sqlite`. A version that was released is never changed; another follows it.
enum EventSchema {
    static var migrator: DatabaseMigrator {
        var migrator = first
        migrator.registerMigration("2") { database in
            // `by` is a word of SQL's own.
            try database.execute(sql: "ALTER TABLE event ADD COLUMN initiator TEXT")
        }
        return migrator
    }

    /// Of what was made before that.
    static var first: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            // Numbers go on from the time: a client that has seen some of a log that was lost misses nothing of this one.
            try database.execute(
                sql: """
                    CREATE TABLE event (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        at_us INTEGER NOT NULL,
                        instance TEXT,
                        kind TEXT NOT NULL,
                        state TEXT,
                        reason TEXT,
                        message TEXT
                    );
                    CREATE INDEX event_of_instance ON event (instance, id);
                    INSERT INTO sqlite_sequence VALUES ('event', CAST(strftime('%s', 'now') AS INTEGER) * 1000);
                    """)
        }
        return migrator
    }
}

extension Database {
    func insert(_ event: LoggedEvent) throws {
        try execute(
            sql: """
                INSERT INTO event (at_us, instance, kind, state, reason, message, initiator) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                event.at, event.instance, event.kind.rawValue, event.state?.rawValue, event.reason, event.message,
                event.by,
            ])
    }

    /// Oldest first.
    func events(_ query: EventQuery) throws -> [LoggedEvent] {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let instance = query.instance {
            conditions.append("instance = ?")
            arguments += [instance]
        }
        switch query.since {
        case .id(let id)?:
            conditions.append("id > ?")
            arguments += [id]
        case .time(let time)?:
            conditions.append("at_us > ?")
            arguments += [time]
        case nil:
            break
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let order = query.since == nil ? "DESC" : "ASC"
        let rows = try Row.fetchAll(
            self, sql: "SELECT * FROM event \(filter) ORDER BY id \(order) LIMIT ?",
            arguments: arguments + [query.limit])
        let events = rows.compactMap { LoggedEvent($0) }
        return query.since == nil ? events.reversed() : events
    }

    func prune(_ limits: EventLog.Limits, at now: Int64) throws {
        try execute(sql: "DELETE FROM event WHERE at_us < ?", arguments: [now - limits.age])
        try execute(
            sql: """
                DELETE FROM event WHERE id <= (SELECT id FROM event ORDER BY id DESC LIMIT 1 OFFSET ?)
                """, arguments: [limits.count])
        // What one camera does leaves room for what the others did.
        let busy = try String.fetchAll(
            self, sql: "SELECT instance FROM event WHERE instance IS NOT NULL GROUP BY instance HAVING count(*) > ?",
            arguments: [limits.countOfInstance])
        for instance in busy {
            try execute(
                sql: """
                    DELETE FROM event WHERE instance = ? AND id <=
                        (SELECT id FROM event WHERE instance = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
                    """, arguments: [instance, instance, limits.countOfInstance])
        }
    }
}

extension LoggedEvent {
    fileprivate init?(_ row: Row) {
        guard let kind = String.fromDatabaseValue(row["kind"]).flatMap(Kind.init) else { return nil }
        self.init(
            kind, of: String.fromDatabaseValue(row["instance"]),
            state: String.fromDatabaseValue(row["state"]).flatMap(InstanceState.init),
            reason: String.fromDatabaseValue(row["reason"]), message: String.fromDatabaseValue(row["message"]),
            by: String.fromDatabaseValue(row["initiator"]),
            at: Int64.fromDatabaseValue(row["at_us"]) ?? 0)
        id = Int64.fromDatabaseValue(row["id"]) ?? 0
    }
}
