internal import Foundation
internal import Glibc
internal import WorkerLink

/// The thread that reads the link. It ends the process when the server is gone or talks nonsense: a worker never
/// outlives its server, and a worker that hangs in a plugin still ends.
enum LinkReader {
    static func start(_ link: LinkDescriptor, receive: @escaping @Sendable (ServerMessage) -> Void) {
        DetachedThread.start(name: "link-reader") {
            let decoder = JSONDecoder()
            while true {
                do {
                    guard let payload = try readMessage(link) else { _exit(0) }
                    receive(try decoder.decode(ServerMessage.self, from: payload))
                } catch {
                    Log.write("the server sent something that is no message: \(error)")
                    _exit(76)  // EX_PROTOCOL
                }
            }
        }
    }

    /// Nil at the end of the stream.
    private static func readMessage(_ link: LinkDescriptor) throws(LinkError) -> Data? {
        var head = (UInt32(0), UInt8(0))
        let isThere = withUnsafeMutableBytes(of: &head) { bytes in
            link.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<5]))
        }
        guard isThere else { return nil }
        guard head.1 == LinkMessageType.control.rawValue else { throw .unknownType(head.1) }
        let length = Int(UInt32(littleEndian: head.0))
        guard length >= 1 else { throw .malformed("an empty message") }
        guard length <= LinkMessageType.control.limit else {
            throw .tooLong(length: length, limit: LinkMessageType.control.limit)
        }
        var payload = Data(count: length - 1)
        return payload.withUnsafeMutableBytes { link.read(into: $0) } ? payload : nil
    }
}
