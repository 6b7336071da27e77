import Foundation
import NIOCore
import WorkerLink

/// Puts a worker's messages together from the pieces that a socket delivers. Pure.
///
/// Each message gets a buffer of its own, of exactly its size: what is kept of it (a picture, while viewers hold it)
/// keeps nothing else alive, and no further read has to copy it away.
struct LinkMessageAssembler: Sendable {
    struct Message: Sendable, Hashable {
        var type: LinkMessageType
        var payload: ByteBuffer
    }

    /// Bytes of a message before its payload: length u32, type u8.
    static let prefixLength = 5

    private var prefix = ByteBuffer()
    private var type: LinkMessageType?
    /// Payload bytes that are still to come.
    private var missing = 0
    private var payload = ByteBuffer()
    private let allocator: ByteBufferAllocator

    init(allocator: ByteBufferAllocator = ByteBufferAllocator()) {
        self.allocator = allocator
    }

    /// Takes bytes from `input` until a message is complete or nothing is left.
    ///
    /// - Returns: the message, or nil when it takes more bytes than `input` had.
    /// - Throws: `LinkError` for an unknown type or a length beyond its limit, before memory is set aside for it.
    mutating func next(from input: inout ByteBuffer) throws(LinkError) -> Message? {
        if type == nil, try !readPrefix(from: &input) { return nil }
        guard let type else { return nil }
        let count = min(missing, input.readableBytes)
        if var piece = input.readSlice(length: count) {
            payload.writeBuffer(&piece)
            missing -= count
        }
        guard missing == 0 else { return nil }
        let message = Message(type: type, payload: payload)
        self.type = nil
        payload = ByteBuffer()
        return message
    }

    /// - Returns: whether the prefix is complete.
    private mutating func readPrefix(from input: inout ByteBuffer) throws(LinkError) -> Bool {
        if var piece = input.readSlice(length: min(Self.prefixLength - prefix.readableBytes, input.readableBytes)) {
            prefix.writeBuffer(&piece)
        }
        guard prefix.readableBytes == Self.prefixLength,
            let length = prefix.readInteger(endianness: .little, as: UInt32.self),
            let code = prefix.readInteger(as: UInt8.self)
        else { return false }
        prefix.clear()
        guard let type = LinkMessageType(rawValue: code) else { throw .unknownType(code) }
        guard length >= 1 else { throw .malformed("a message of no length") }
        guard length <= type.limit else { throw .tooLong(length: Int(length), limit: type.limit) }
        self.type = type
        missing = Int(length) - 1
        payload = allocator.buffer(capacity: missing)
        return true
    }
}

extension ServerMessage {
    /// The message as it goes over the link.
    ///
    /// - Throws: `LinkError.tooLong`, `LinkError.malformed`.
    func onTheWire() throws(LinkError) -> ByteBuffer {
        let json: [UInt8]
        do {
            json = Array(try JSONEncoder().encode(self))
        } catch {
            throw .malformed("\(error)")
        }
        guard json.count < Link.controlLimit else { throw .tooLong(length: json.count + 1, limit: Link.controlLimit) }
        var buffer = ByteBufferAllocator().buffer(capacity: LinkMessageAssembler.prefixLength + json.count)
        buffer.writeInteger(UInt32(json.count + 1), endianness: .little)
        buffer.writeInteger(LinkMessageType.control.rawValue)
        buffer.writeBytes(json)
        return buffer
    }
}
