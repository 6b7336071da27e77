import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Server

@Suite("Listening", .timeLimit(.minutes(2)))
struct ListenerTests {
    private static func open(_ address: ListenAddress, mode: UInt32 = 0o660) async throws -> Listener {
        try await Listener.open(
            address, isSecure: false, socketMode: mode, among: [address], group: MultiThreadedEventLoopGroup.singleton
        ) { $0.eventLoop.makeSucceededVoidFuture() }
    }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("a Unix socket has the mode that was said, and goes with its server")
    func unix() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/http.sock"
        let address = ListenAddress(.unix(path: path))
        for mode in [0o660, 0o600, 0o666] as [UInt32] {
            let listener = try await Self.open(address, mode: mode)
            #expect(try Self.mode(path) == Int(mode))
            #expect(listener.address == "unix:\(path)")
            #expect(listener.port == nil)
            listener.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("what a killed server has left is taken away; what another listens at, and what is no socket, is not")
    func stale() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/http.sock"
        let address = ListenAddress(.unix(path: path))
        // Somebody else's, who lives, and then does not.
        let other = try ChildProcess(
            "/usr/bin/python3",
            [
                "-c",
                """
                import socket, sys, time
                s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print('listens', flush=True); time.sleep(60)
                """, path,
            ])
        _ = try await other.line(containing: "listens")
        var error = await #expect(throws: ServiceError.self) { try await Self.open(address) }
        #expect(error?.message.contains("another program listens there") == true)
        #expect(FileManager.default.fileExists(atPath: path))
        other.kill()
        try await other.ended()
        #expect(FileManager.default.fileExists(atPath: path))
        let listener = try await Self.open(address)
        // Our own kind.
        error = await #expect(throws: ServiceError.self) { try await Self.open(address) }
        #expect(error?.message.contains("another program listens there") == true)
        listener.close()
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        error = await #expect(throws: ServiceError.self) { try await Self.open(address) }
        #expect(error?.message.contains("is no socket, and is left alone") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        error = await #expect(throws: ServiceError.self) {
            try await Self.open(ListenAddress(.unix(path: folder.path + "/none/http.sock")))
        }
        #expect(error?.message.contains("No such file") == true)
    }

    @Test("of many who begin at once where one was killed, one listens")
    func together() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/http.sock"
        try await TestCertificate.make("python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('\(path)')\"")
        for _ in 0..<10 {
            let listeners = await withTaskGroup(of: Listener?.self) { tasks in
                for _ in 0..<8 { tasks.addTask { try? await Self.open(ListenAddress(.unix(path: path))) } }
                var listeners: [Listener] = []
                for await listener in tasks { if let listener { listeners.append(listener) } }
                return listeners
            }
            #expect(listeners.count == 1)
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path).get()
            try await client.close()
            for listener in listeners { listener.close() }
        }
    }

    @Test("another's socket at the same place stays when this one goes")
    func replaced() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/http.sock"
        let listener = try await Self.open(ListenAddress(.unix(path: path)))
        try FileManager.default.removeItem(atPath: path)
        try "other".write(toFile: path, atomically: true, encoding: .utf8)
        listener.close()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("by every address of both families, with and without TLS, at once")
    func several() async throws {
        let addresses = try ["http://127.0.0.1:0", "https://127.0.0.1:0", "[::1]:0"].map {
            try #require(ListenAddress($0))
        }
        try await RunningTestServer.run(at: addresses, certificate: try await .forTests()) { server in
            let plain = try await RawConnection.open(port: server.port)
            try await plain.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(try HTTPAnswer(await plain.read()).status == 200)
            #expect(server.listeners.map(\.isSecure) == [false, true, true])
            #expect(server.listeners[2].address.hasPrefix("https://[::1]:"))
            let port = try #require(server.listeners[1].port)
            let secure = try await RawConnection.open(port: port, isSecure: true)
            try await secure.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(try HTTPAnswer(await secure.read()).status == 200)
        }
    }

    @Test("an address that is taken is told of, and none of the others stays open")
    func taken() async throws {
        let listener = try await Self.open(ListenAddress(host: "127.0.0.1", port: 0))
        let folder = try TemporaryDirectory()
        let path = folder.path + "/http.sock"
        let error = await #expect(throws: ServiceError.self) {
            try await RunningTestServer.run(
                at: [ListenAddress(.unix(path: path)), ListenAddress(host: "127.0.0.1", port: listener.port ?? 0)]
            ) { _ in }
        }
        #expect(error?.message.contains("another program listens there") == true)
        #expect(!FileManager.default.fileExists(atPath: path))
        listener.close()
    }
}
