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

    /// The bytes of a header that is not complete.
    private var pieces = ByteBuffer()
    /// Of the message whose payload is coming.
    private var header: LinkHeader?
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
        if header == nil { try readHeader(from: &input) }
        guard let header else { return nil }
        let missing = header.payloadLength - payload.readableBytes
        if var piece = input.readSlice(length: min(missing, input.readableBytes)) { payload.writeBuffer(&piece) }
        guard payload.readableBytes == header.payloadLength else { return nil }
        defer { (self.header, payload) = (nil, ByteBuffer()) }
        return Message(type: header.type, payload: payload)
    }

    private mutating func readHeader(from input: inout ByteBuffer) throws(LinkError) {
        let missing = LinkHeader.size - pieces.readableBytes
        if var piece = input.readSlice(length: min(missing, input.readableBytes)) { pieces.writeBuffer(&piece) }
        guard pieces.readableBytes == LinkHeader.size else { return }
        let header = try LinkHeader(decoding: pieces.readableBytesUInt8Span)
        pieces.clear()
        payload = allocator.buffer(capacity: header.payloadLength)
        self.header = header
    }
}
