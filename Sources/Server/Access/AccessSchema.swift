import Foundation
import GRDB

/// The tables of `access.sqlite`. A version that was released is never changed; another follows it.
enum AccessSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE user (
                        name TEXT PRIMARY KEY NOT NULL,
                        role TEXT NOT NULL,
                        views TEXT NOT NULL,
                        password TEXT NOT NULL,
                        created_us INTEGER NOT NULL
                    );
                    CREATE TABLE session (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
                        digest BLOB NOT NULL UNIQUE,
                        created_us INTEGER NOT NULL,
                        seen_us INTEGER NOT NULL,
                        address TEXT NOT NULL,
                        agent TEXT NOT NULL
                    );
                    CREATE TABLE token (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        name TEXT NOT NULL UNIQUE,
                        digest BLOB NOT NULL UNIQUE,
                        rights TEXT NOT NULL,
                        created_us INTEGER NOT NULL,
                        expires_us INTEGER,
                        seen_us INTEGER
                    );
                    """)
        }
        return migrator
    }
}

extension AccessRecords {
    /// - Throws: what cannot be read lets nobody in: `DatabaseError`, or `DecodingError`.
    init(_ database: Database) throws {
        users = try Row.fetchAll(database, sql: "SELECT * FROM user ORDER BY name").map { row in
            UserRecord(
                name: try row.value("name"), role: try Self.role(row.value("role")),
                views: try Self.json(row.value("views")), password: PasswordHash(encoded: try row.value("password")),
                created: try row.value("created_us"))
        }
        sessions = try Row.fetchAll(database, sql: "SELECT * FROM session ORDER BY id").map { row in
            SessionRecord(
                id: try row.value("id"), user: try row.value("user"), digest: .init(bytes: try row.value("digest")),
                created: try row.value("created_us"), seen: try row.value("seen_us"), address: try row.value("address"),
                agent: try row.value("agent"))
        }
        tokens = try Row.fetchAll(database, sql: "SELECT * FROM token ORDER BY name").map { row in
            TokenRecord(
                id: try row.value("id"), name: try row.value("name"), digest: .init(bytes: try row.value("digest")),
                rights: try Self.json(row.value("rights")), created: try row.value("created_us"),
                expires: Int64.fromDatabaseValue(row["expires_us"]), seen: Int64.fromDatabaseValue(row["seen_us"]))
        }
    }

    private static func role(_ text: String) throws -> Role {
        guard let role = Role(rawValue: text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "there is no role '\(text)'"))
        }
        return role
    }

    private static func json<T: Decodable>(_ text: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(text.utf8))
    }
}

extension Row {
    /// GRDB's own subscript ends the process where a column holds something else.
    fileprivate func value<T: DatabaseValueConvertible>(_ column: String) throws -> T {
        guard let value = T.fromDatabaseValue(self[column]) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "'\(column)' holds something else"))
        }
        return value
    }
}
