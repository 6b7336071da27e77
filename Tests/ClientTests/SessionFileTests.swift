import Client
import Foundation
import TestSupport
import Testing

@Suite("Sessions that are kept")
struct SessionFileTests {
    @Test("One for each server, in a file that nobody else can read")
    func kept() throws {
        let place = try TemporaryDirectory()
        let file = try #require(SessionFile(environment: ["XDG_CONFIG_HOME": place.path + "/new"]))
        let (one, other) = (try ServerAddress("http://127.0.0.1:1"), try ServerAddress("unix:/run/x:/cams"))
        #expect(try file.session(at: one) == nil)
        try file.keep(.init(user: "anna", cookie: "streamtap=1"), at: one)
        try file.keep(.init(user: "vera", cookie: "streamtap=2"), at: other)
        #expect(try file.session(at: one)?.user == "anna")
        #expect(try file.session(at: other)?.cookie == "streamtap=2")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try file.keep(nil, at: one)
        #expect(try file.session(at: one) == nil)
        #expect(try file.session(at: other)?.user == "vera")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/new/streamtap") == ["sessions.json"])
    }

    @Test("What others can read, and what is no such file, is not believed")
    func refused() throws {
        let place = try TemporaryDirectory()
        let file = try #require(SessionFile(environment: ["XDG_CONFIG_HOME": place.path]))
        let address = ServerAddress.standard
        try file.keep(.init(user: "anna", cookie: "streamtap=1"), at: address)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect(throws: SessionFileFault.self) { try file.session(at: address) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try file.session(at: address) != nil)
        try "nonsense".write(toFile: file.path, atomically: false, encoding: .utf8)
        #expect(throws: SessionFileFault.self) { try file.session(at: address) }
    }

    @Test("Where that is")
    func place() {
        #expect(SessionFile(environment: ["HOME": "/home/anna"])?.path == "/home/anna/.config/streamtap/sessions.json")
        #expect(
            SessionFile(environment: ["HOME": "/home/anna", "XDG_CONFIG_HOME": "relative"])?.path
                == "/home/anna/.config/streamtap/sessions.json")
        #expect(SessionFile(environment: [:]) == nil)
    }
}
