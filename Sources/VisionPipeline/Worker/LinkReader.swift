internal import Foundation
internal import Glibc
internal import WorkerLink

/// The thread that reads the link. It ends the process when the server is gone or talks nonsense: a worker never
/// outlives its server, and a worker that hangs in a plugin still ends.
enum LinkReader {
    static func start(_ link: LinkDescriptor, receive: @escaping @Sendable (ServerMessage) -> Void) {
        DetachedThread.start(name: "link-reader") {
            while true { receive(next(link)) }
        }
    }

    /// Waits for it.
    static func next(_ link: LinkDescriptor) -> ServerMessage {
        do throws(LinkError) {
            guard let payload = try readMessage(link) else { _exit(0) }
            return try ControlCodec.decode(ServerMessage.self, from: payload)
        } catch {
            Log.write("the server sent something that is no message: \(error)")
            _exit(76)  // EX_PROTOCOL
        }
    }

    /// Nil at the end of the stream.
    private static func readMessage(_ link: LinkDescriptor) throws(LinkError) -> Data? {
        var head = [UInt8](repeating: 0, count: LinkHeader.size)
        guard head.withUnsafeMutableBytes({ link.read(into: $0) }) else { return nil }
        let header = try LinkHeader(decoding: head.span)
        guard header.type == .control else { throw .unknownType(header.type.rawValue) }
        var payload = Data(count: header.payloadLength)
        return payload.withUnsafeMutableBytes { link.read(into: $0) } ? payload : nil
    }
}
