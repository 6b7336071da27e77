import Foundation
import TestSupport
import Testing

@testable import Server

struct PlanLibraryTests {
    private func library(_ files: [String: Data], _ body: (PlanLibrary, URL) throws -> Void) throws {
        let directory = try TemporaryDirectory().url
        for (name, data) in files { try data.write(to: directory.appending(path: name)) }
        try body(PlanLibrary(directory: directory.path()), directory)
    }

    @Test("lists what has a plan's name, sorted")
    func names() throws {
        try library(["b.plan": Data(), "a.plan": Data(), "C.plan": Data(), "d.txt": Data(), ".plan": Data()]) {
            library, _ in
            let names = try library.names()
            #expect(names == ["a", "b"])
        }
    }

    @Test("an edited file is seen at once; symlinks are the operator's to make")
    func reading() throws {
        try library(["a.plan": Data("one".utf8)]) { library, directory in
            let one = try library.text(of: "a")
            #expect(one == "one")
            try Data("two".utf8).write(to: directory.appending(path: "a.plan"))
            let two = try library.text(of: "a")
            #expect(two == "two")
            try FileManager.default.createSymbolicLink(
                at: directory.appending(path: "link.plan"), withDestinationURL: directory.appending(path: "a.plan"))
            let linked = try library.text(of: "link")
            #expect(linked == "two")
        }
    }

    @Test("no name leads out of the directory", arguments: ["../a", "a/../a", "", ".", "A", "a.plan", "%2e%2e", "x\0"])
    func outside(name: String) throws {
        try library(["a.plan": Data("one".utf8)]) { library, _ in
            #expect(throws: ServiceError.self) { try library.text(of: name) }
        }
    }

    @Test(
        "what is too long, not text, a directory, or a pipe that nobody writes into is refused", .timeLimit(.minutes(1))
    )
    func unreadable() throws {
        let long = Data(repeating: 32, count: PlanLibrary.longestPlan + 1)
        try library(["long.plan": long, "bytes.plan": Data([0xFF, 0xFE])]) { library, directory in
            try FileManager.default.createDirectory(
                at: directory.appending(path: "dir.plan"), withIntermediateDirectories: false)
            #expect(mkfifo(directory.appending(path: "pipe.plan").path(), 0o600) == 0)
            for name in ["long", "bytes", "dir", "pipe"] {
                #expect(throws: ServiceError.self) { try library.text(of: name) }
            }
        }
    }
}
