import Foundation
import Glibc
import Plans
import WorkerLink

/// A real `streamtap-worker` on a real socket pair, with this test as its server.
final class WorkerProcess: @unchecked Sendable {  // one test drives it; `exited` is read after termination only
    enum Message {
        case control(WorkerMessage)
        case report(WorkerLink.Progress)
        case frame(FrameHeader, jpeg: [UInt8])
    }

    let process = Process()
    private let link: Int32

    static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "streamtap-worker")
    }

    init(
        arguments: [String] = ["run", "--memory-limit", "1500000000", "--descriptor-limit", "256"],
        environment: [String: String] = [:]
    ) throws {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw POSIXError(.EMFILE)
        }
        link = ends[0]
        // A worker that says nothing fails the test instead of holding it.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        process.executableURL = Self.executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
        try process.run()
        Glibc.close(ends[1])
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        if !isHungUp { Glibc.close(link) }
    }

    private var isHungUp = false

    /// The server is gone.
    func hangUp() {
        Glibc.close(link)
        isHungUp = true
    }

    func send(_ message: ServerMessage) throws {
        try send(raw: [UInt8](JSONEncoder().encode(message)))
    }

    func send(raw payload: [UInt8], type: UInt8 = 1, length: UInt32? = nil) {
        let head = withUnsafeBytes(of: (length ?? UInt32(payload.count + 1)).littleEndian) { Array($0) }
        let bytes = head + [type] + payload
        _ = Glibc.send(link, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func run(_ plan: String, parameters: [String: String] = [:]) throws {
        try send(.run(RunRequest(instance: "test", planText: plan, parameters: parameters.mapValues { .string($0) })))
    }

    struct Ended: Error {}

    /// The next message; throws at the end of the link.
    func next() throws -> Message {
        let head = try read(5)
        let payload = try read(
            Int(head.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }) - 1)
        if head[4] == LinkMessageType.control.rawValue {
            return .control(try JSONDecoder().decode(WorkerMessage.self, from: Data(payload)))
        }
        if head[4] == LinkMessageType.progress.rawValue { return .report(try WorkerLink.Progress(payload: payload)) }
        let (header, detections) = try payload.withUnsafeBytes { try FrameCodec.decode($0) }
        return .frame(header, jpeg: Array(payload.dropFirst(FrameCodec.headerLength + detections)))
    }

    /// The next control message that is wanted.
    func next<Value>(_ pick: (WorkerMessage) -> Value?) throws -> Value {
        while true {
            if case .control(let message) = try next(), let value = pick(message) { return value }
        }
    }

    /// The next report that is wanted.
    func nextReport(_ isWanted: (WorkerLink.Progress) -> Bool) throws -> WorkerLink.Progress {
        while true {
            if case .report(let progress) = try next(), isWanted(progress) { return progress }
        }
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(link, $0.baseAddress?.advanced(by: filled), count - filled)
            }
            guard got > 0 else { throw Ended() }
            filled += got
        }
        return bytes
    }
}
