import Foundation
import GRDB
import TestSupport
import Testing

@testable import Server

@Suite("What is kept of who may come in")
struct AccessStoreTests {
    private func directory(with file: String? = nil) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        if let file { try directory.write(file, to: "access.sqlite") }
        return directory
    }

    @Test("A broken file ends the start, and stays where it is: without it everybody would come in")
    func broken() throws {
        let directory = try directory(with: String(repeating: "no database", count: 1000))
        let error = #expect(throws: ServiceError.self) { _ = try AccessStore(at: .named(directory.path)) }
        #expect(error?.code == .configuration)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).contains("access.sqlite"))
    }

    @Test("A role that nobody knows lets nobody in")
    func unknownRole() async throws {
        let directory = try directory()
        let store = try AccessStore(in: directory.path)
        try await store.add(TestAccess.user("anna", .admin))
        store.close()
        let database = try DatabaseQueue(path: "\(directory.path)/access.sqlite")
        try await database.write { try $0.execute(sql: "UPDATE user SET role = 'root'") }
        try database.close()
        #expect(throws: ServiceError.self) { _ = try AccessStore(in: directory.path) }
    }

    @Test(
        "Where nothing can be kept there are no users; where it can only be read, those that there were",
        .enabled(if: Disk.isPossible), arguments: [true, false])
    func readOnly(isThere: Bool) async throws {
        let disk = try Disk(kilobytes: 4096)
        defer { disk.remove() }
        if isThere {
            let store = try AccessStore(in: disk.path)
            try await store.add(TestAccess.user("anna", .admin))
            store.close()
        }
        try disk.makeReadOnly()
        let store = try AccessStore(at: .named(disk.path + (isThere ? "" : "/state")))
        guard isThere else { return #expect(store.map { _ in true } == nil) }
        let kept = try #require(store)
        let book = AccessBook()
        try await kept.reload(book)
        #expect(book.records.users.map(\.name) == ["anna"])
        await #expect(throws: ServiceError.self) { try await kept.add(TestAccess.user("bert", .viewer)) }
        kept.close()
    }
}
