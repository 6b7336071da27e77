import NIOCore
import TestSupport
import Testing
import WorkerLink

@testable import Server

private func wire(_ type: UInt8, length: UInt32? = nil, _ payload: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: (length ?? UInt32(payload.count + 1)).littleEndian) { Array($0) } + [type] + payload
}

struct LinkMessageAssemblerTests {
    private static func collect(_ pieces: [[UInt8]]) throws -> [LinkMessageAssembler.Message] {
        var assembler = LinkMessageAssembler()
        var messages: [LinkMessageAssembler.Message] = []
        for piece in pieces {
            var input = ByteBuffer(bytes: piece)
            while let message = try assembler.next(from: &input) { messages.append(message) }
        }
        return messages
    }

    @Test("messages survive any fragmentation", arguments: 0..<50 as Range<UInt64>)
    func fragments(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let payloads: [(UInt8, [UInt8])] = (0..<20).map { _ in
            let count = [0, 1, 4, 5, 6, 300, 70_000].randomElement(using: &random) ?? 0
            return (UInt8.random(in: 1...2, using: &random), (0..<count).map { UInt8(truncatingIfNeeded: $0) })
        }
        var rest = payloads.flatMap { wire($0.0, $0.1) }[...]
        var pieces: [[UInt8]] = []
        let longest = [1, 3, 7, 1000, 100_000].randomElement(using: &random) ?? 1
        while !rest.isEmpty {
            let piece = rest.prefix(
                longest < 8 && rest.count > 5000 ? 4096 : Int.random(in: 1...longest, using: &random))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        let messages = try Self.collect(pieces)
        #expect(messages.map(\.type.rawValue) == payloads.map(\.0))
        #expect(messages.map { Array(buffer: $0.payload) } == payloads.map(\.1))
    }

    @Test(
        "what breaks the rules is refused before memory is set aside",
        arguments: [
            (wire(9, [1]), LinkError.unknownType(9)),
            (wire(0, [1]), LinkError.unknownType(0)),
            (wire(1, length: 0, []), LinkError.malformed("a message of no length")),
            (
                wire(1, length: UInt32(Link.controlLimit + 1), []),
                LinkError.tooLong(length: Link.controlLimit + 1, limit: Link.controlLimit)
            ),
            (wire(2, length: .max, []), LinkError.tooLong(length: Int(UInt32.max), limit: Link.frameLimit)),
        ])
    func refused(bytes: [UInt8], error: LinkError) {
        #expect(throws: error) { try Self.collect([bytes]) }
        #expect(throws: error) { try Self.collect(bytes.map { [$0] }) }
    }

    @Test("an unfinished message is no message")
    func unfinished() throws {
        let bytes = wire(2, [UInt8](repeating: 7, count: 100))
        #expect(try Self.collect([Array(bytes.dropLast())]).isEmpty)
    }
}
