import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import WorkerLink

@testable import Server

@Suite("Acknowledgements among what a client sends", .timeLimit(.minutes(1)))
struct AcknowledgementReaderTests {
    /// What came out, in order; an acknowledgement as the frame that it was, masked by zeros.
    private final class Log: ChannelInboundHandler, AcknowledgementReceiver {
        typealias InboundIn = ByteBuffer
        var reader: AcknowledgementReader?
        var bytes: [UInt8] = []
        /// Of each that came as an acknowledgement.
        var arrivals: [ArrivalTime] = []
        var isAwaiting = false
        var hasEnded = false

        func received(_ acknowledgement: TapChannelFraming.Acknowledgement, arrival: ArrivalTime) {
            bytes += AcknowledgementReaderTests.acknowledgement(acknowledgement.channel, acknowledgement.sequence)
            arrivals.append(arrival)
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += Self.unwrapInboundIn(data).readableBytesView
        }
        func channelInactive(context: ChannelHandlerContext) { hasEnded = true }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private static func acknowledgement(_ channel: UInt16, _ sequence: UInt64) -> [UInt8] {
        [0x82, 0x80 | 12, 0, 0, 0, 0, 1, 0] + withUnsafeBytes(of: channel.littleEndian, Array.init)
            + withUnsafeBytes(of: sequence.littleEndian, Array.init)
    }

    private static func frame(opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = [UInt8(payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
        return [0x80 | opcode] + (payload.count < 126 ? [0x80 | length[1]] : [0x80 | 126] + length) + [0, 0, 0, 0]
            + payload
    }

    private func run(
        _ body: @escaping @Sendable (RawConnection, NIOLoopBound<Log>, any EventLoop) async throws -> Void
    ) async throws {
        let accepted = Mutex<(log: NIOLoopBound<Log>, loop: any EventLoop)?>(nil)
        let quietSockets = QuietSockets()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let log = Log()
                    let budget = FrameBudget(burst: 1e6, perSecond: 1e6)
                    let reader = AcknowledgementReader(log, budget: budget, quietSockets: quietSockets)
                    try channel.pipeline.syncOperations.addHandlers([reader, log])
                    let bound = NIOLoopBound(log, eventLoop: channel.eventLoop)
                    accepted.withLock { $0 = (bound, channel.eventLoop) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await RawConnection.open(port: try #require(server.localAddress?.port))
        let (log, loop) = try await eventually("a connection") { accepted.withLock { $0 } }
        try await body(client, log, loop)
        await client.close()
        try await eventually { try await loop.submit { log.value.hasEnded }.get() }
        try await server.close()
    }

    /// Listens as somebody does who sends pictures, until the socket is quiet.
    private func becomeQuiet(_ log: NIOLoopBound<Log>, _ loop: any EventLoop) async throws {
        try await eventually {
            try await loop.submit {
                log.value.reader?.listen()
                return log.value.reader?.isQuiet == true
            }.get()
        }
    }

    @Test(
        "nothing is lost or changes places, and no acknowledgement is overlooked, however it is cut and whoever listens when"
    )
    func anything() async throws {
        var generator = SeededGenerator.announced()
        var parts: [[UInt8]] = []
        var count = 0
        for number in 0..<400 {
            let payload = (0..<Int.random(in: 0...300, using: &generator)).map { UInt8(truncatingIfNeeded: $0) }
            let isAcknowledgement = Int.random(in: 0..<4, using: &generator) > 0
            count += isAcknowledgement ? 1 : 0
            parts.append(
                isAcknowledgement
                    ? Self.acknowledgement(UInt16.random(in: 0...9, using: &generator), UInt64(number))
                    : Self.frame(opcode: [1, 2, 9].randomElement(using: &generator) ?? 1, payload))
        }
        // Whole frames first, then cuts anywhere.
        for place in 200..<399 where parts[place].count > 3 && Bool.random(using: &generator) {
            let cut = Int.random(in: 1..<parts[place].count, using: &generator)
            parts[place + 1] = parts[place][cut...] + parts[place + 1]
            parts[place] = Array(parts[place][..<cut])
        }
        let turns = parts.map { _ in Int.random(in: 0..<8, using: &generator) }
        try await run { [parts, count] client, log, loop in
            try await becomeQuiet(log, loop)
            for (part, turn) in zip(parts, turns) {
                try await client.write(part)
                switch turn {
                case 0: try await loop.submit { log.value.reader?.beWoken() }.get()
                case 1...4: try await loop.submit { log.value.reader?.listen() }.get()
                default: break
                }
            }
            let all = parts.flatMap(\.self)
            try await eventually { try await loop.submit { log.value.bytes.count >= all.count }.get() }
            #expect(try await loop.submit { log.value.bytes }.get() == all)
            #expect(try await loop.submit { log.value.arrivals.count }.get() == count)
        }
    }

    @Test("while pictures go nobody is woken for one, who waits for it is, and so is everybody for anything longer")
    func quiet() async throws {
        try await run { client, log, loop in
            let one = Self.acknowledgement(1, 7)
            func bytes() async throws -> [UInt8] { try await loop.submit { log.value.bytes }.get() }
            try await becomeQuiet(log, loop)
            try await client.write(one)
            try await loop.submit { log.value.reader?.listen() }.get()
            #expect(try await bytes() == one)
            try await client.write(one)
            try await loop.submit { log.value.reader?.beWoken() }.get()
            try await eventually { try await bytes() == one + one }
            try await becomeQuiet(log, loop)
            let text = Self.frame(opcode: 1, Array(#"{"type":"watch"}"#.utf8))
            try await client.write(text)
            try await eventually { try await bytes() == one + one + text }
        }
    }

    /// How somebody comes to read an acknowledgement that has lain there.
    enum Occasion: CaseIterable {
        case nextPicture, nextAcknowledgement, longerMessage, impatience, noPictures
    }

    @Test("what has lain there is not taken for what has just come, whoever reads it", arguments: Occasion.allCases)
    func arrival(occasion: Occasion) async throws {
        try await run { client, log, loop in
            let before = MonotonicClock.now()
            try await becomeQuiet(log, loop)
            try await client.write(Self.acknowledgement(1, 7))
            let written = MonotonicClock.now()
            switch occasion {
            case .nextPicture: try await loop.submit { log.value.reader?.listen() }.get()
            case .nextAcknowledgement: try await client.write(Self.acknowledgement(1, 8))
            case .longerMessage: try await client.write(Self.frame(opcode: 1, Array(#"{"type":"watch"}"#.utf8)))
            case .impatience: try await loop.submit { log.value.reader?.beWoken() }.get()
            case .noPictures: break
            }
            let arrivals = try await eventually("an acknowledgement") {
                let arrivals = try await loop.submit { log.value.arrivals }.get()
                return arrivals.count == (occasion == .nextAcknowledgement ? 2 : 1) ? arrivals : nil
            }
            #expect(arrivals[0].earliest <= written)
            #expect(before...MonotonicClock.now() ~= arrivals[0].latest)
            // The second one woke somebody.
            if arrivals.count > 1 { #expect(arrivals[1].earliest > written) }
            // Of a socket that is not quiet everything is told at once.
            try await loop.submit { log.value.reader?.beWoken() }.get()
            let later = MonotonicClock.now()
            try await client.write(Self.acknowledgement(1, 9))
            let last = try await eventually("one more") {
                let now = try await loop.submit { log.value.arrivals }.get()
                return now.count > arrivals.count ? now.last : nil
            }
            #expect(last.earliest > later)
        }
    }

    @Test("as long as anything waits for an acknowledgement, it is told of at once, however many pictures go meanwhile")
    func awaited() async throws {
        try await run { _, log, loop in
            try await becomeQuiet(log, loop)
            let isQuiet = try await loop.submit {
                guard let reader = log.value.reader else { return [true] }
                log.value.isAwaiting = true
                reader.beWoken()
                defer { log.value.isAwaiting = false }
                return (0..<4).map { _ in
                    reader.listen()
                    _ = reader.settle()
                    return reader.isQuiet
                }
            }.get()
            #expect(isQuiet == [false, false, false, false])
            try await becomeQuiet(log, loop)
        }
    }

    @Test("a ping is read once pictures have stopped, and an end at any time")
    func stopped() async throws {
        try await run { client, log, loop in
            let ping = Self.frame(opcode: 9, [])
            try await becomeQuiet(log, loop)
            try await client.write(ping)
            try await eventually { try await loop.submit { log.value.bytes == ping }.get() }
            try await becomeQuiet(log, loop)
        }
    }

    @Test("the mask of an acknowledgement is taken off; what is not quite one is none")
    func frames() throws {
        func read(_ bytes: [UInt8]) -> TapChannelFraming.Acknowledgement? {
            bytes.withUnsafeBytes { TapChannelFraming.Acknowledgement(frame: $0) }
        }
        let mask: [UInt8] = [0xA5, 0x11, 0xFF, 0x3C]
        var bytes = Self.acknowledgement(0xBEEF, 0x0102_0304_0506_0708)
        #expect(read(bytes)?.channel == 0xBEEF)
        for place in 0..<4 { bytes[2 + place] = mask[place] }
        for place in 6..<18 { bytes[place] ^= mask[(place - 6) % 4] }
        #expect(read(bytes)?.channel == 0xBEEF)
        #expect(read(bytes)?.sequence == 0x0102_0304_0506_0708)
        #expect(read(Array(bytes.dropLast())) == nil)
        for (place, change) in [(0, 0x80), (0, 3), (1, 0x80), (1, 1), (6, 1), (7, 1)] as [(Int, UInt8)] {
            var other = bytes
            other[place] ^= change
            #expect(read(other) == nil)
        }
    }
}
