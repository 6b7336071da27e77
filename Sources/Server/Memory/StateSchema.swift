import Foundation
import GRDB
import Plans

/// The tables of `state.sqlite`. A version that was released is never changed; another follows it.
enum StateSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE instance (
                        id TEXT PRIMARY KEY NOT NULL,
                        plan TEXT,
                        text TEXT NOT NULL,
                        parameters TEXT NOT NULL,
                        secrets TEXT NOT NULL,
                        options TEXT NOT NULL,
                        created_us INTEGER NOT NULL,
                        completed_us INTEGER
                    );
                    CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL);
                    INSERT INTO probe VALUES (1, 0);
                    """)
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: "ALTER TABLE instance ADD COLUMN controls TEXT NOT NULL DEFAULT '{}'")
        }
        return migrator
    }
}

extension Database {
    func make(_ change: StateChange) throws {
        switch change {
        case .save(let instance):
            try execute(
                sql: """
                    INSERT OR REPLACE INTO instance
                        (id, plan, text, parameters, secrets, options, created_us, completed_us, controls)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    instance.id, instance.plan, instance.storedText, JSONText.encode(instance.parameters),
                    JSONText.encode(instance.secrets), JSONText.encode(instance.options), instance.created,
                    instance.completed, JSONText.encode(instance.controls),
                ])
        case .forget(let id):
            try execute(sql: "DELETE FROM instance WHERE id = ?", arguments: [id])
        case .options(let options, let id):
            try execute(
                sql: "UPDATE instance SET options = ? WHERE id = ?", arguments: [JSONText.encode(options), id])
        case .controls(let controls, let id):
            try execute(
                sql: "UPDATE instance SET controls = ? WHERE id = ?", arguments: [JSONText.encode(controls), id])
        case .completed(let id, let time):
            try execute(sql: "UPDATE instance SET completed_us = ? WHERE id = ?", arguments: [time, id])
        case .probe:
            try execute(sql: "UPDATE probe SET number = number + 1")
        }
    }

    /// - Returns: also the ids of rows that nobody can read; they stay where they are.
    func instances() throws -> (instances: [RememberedInstance], unreadable: [String]) {
        var instances: [RememberedInstance] = []
        var unreadable: [String] = []
        for row in try Row.fetchAll(self, sql: "SELECT * FROM instance ORDER BY created_us, id") {
            if let instance = RememberedInstance(row) {
                instances.append(instance)
            } else {
                unreadable.append(String.fromDatabaseValue(row["id"]) ?? "?")
            }
        }
        return (instances, unreadable)
    }
}

extension RememberedInstance {
    /// SQLite ends a text where it holds a zero, which a comment may.
    fileprivate var storedText: DatabaseValue {
        text.utf8.contains(0) ? Data(text.utf8).databaseValue : text.databaseValue
    }

    fileprivate init?(_ row: Row) {
        func json<T: Decodable>(_ column: String) -> T? {
            guard let text = String.fromDatabaseValue(row[column]) else { return nil }
            return try? JSONDecoder().decode(T.self, from: Data(text.utf8))
        }
        guard
            let id = String.fromDatabaseValue(row["id"]), PlanName.isValid(id),
            let text = Data.fromDatabaseValue(row["text"]).flatMap({ String(data: $0, encoding: .utf8) }),
            let parameters: [String: ParameterValue] = json("parameters"),
            let secrets: [String: String] = json("secrets"),
            let options: [String: [String: ParameterValue]] = json("options"),
            let controls: [String: [String: Int64]] = json("controls"),
            let created = Int64.fromDatabaseValue(row["created_us"])
        else { return nil }
        self.init(
            id: id, plan: String.fromDatabaseValue(row["plan"]), text: text, parameters: parameters, secrets: secrets,
            options: options, controls: controls, created: created,
            completed: Int64.fromDatabaseValue(row["completed_us"]))
    }
}
