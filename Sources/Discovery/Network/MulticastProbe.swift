import NIOCore
import NIOPosix
import Plans
import Synchronization

/// Asks all of an interface's network who is there, and keeps what comes back (WS-Discovery 1.0, 2.4 and 5).
struct MulticastProbe: Sendable {
    /// The group that listens for probes, and its port.
    static let group = "239.255.255.250"
    static let port = 3702

    /// What one interface may bring, whoever sends it.
    enum Limit {
        /// Datagrams in all, and of one sender: nobody fills the list for all others.
        static let answers = 1024
        static let answersOfOne = 64
        static let bytes = 4 << 20
        /// Bytes of one datagram; what is longer is cut, and then no XML.
        static let datagram = 32 << 10
    }

    struct Answer: Sendable {
        var sender: NetworkAddress
        var bytes: [UInt8]
    }

    var interface: NetworkInterface
    /// Each is sent twice: a datagram may be lost, and devices ask to be asked again (WS-Discovery, 3.1.3).
    var messages: [String]

    /// - Throws: `CameraProblem` `unreachable` where this machine cannot send there.
    func answers(until deadline: NIODeadline) async throws(CameraProblem) -> [Answer] {
        let collected = Collected()
        do {
            let channel = try await channel(collected)
            defer { channel.close(promise: nil) }
            let destination = try SocketAddress(ipAddress: Self.group, port: Self.port)
            for round in 0..<2 {
                for message in messages {
                    try await channel.writeAndFlush(
                        AddressedEnvelope(remoteAddress: destination, data: ByteBuffer(string: message)))
                }
                let pause = round == 0 ? min(.milliseconds(300), deadline - .now()) : deadline - .now()
                if pause > .zero { try await Task.sleep(for: .nanoseconds(pause.nanoseconds)) }
            }
        } catch {
            // Who has answered before it went wrong is there all the same.
            guard collected.answers.isEmpty else { return collected.answers }
            let words = (error as? IOError)?.inWords
            throw CameraProblem(
                .unreachable, "nothing can be sent by \(interface.name): \(words ?? "it was cancelled or has gone")")
        }
        return collected.answers
    }

    private func channel(_ collected: Collected) async throws -> any Channel {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Limit.datagram))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(collected))
                }
            }
            .bind(host: "\(interface.address)", port: 0).get()
        // An `in_addr` in network order, whose own type belongs to whichever module has named it first.
        let address = UInt32(bigEndian: interface.address.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        if let options = channel as? any SocketOptionProvider {
            do {
                try await options.unsafeSetSocketOption(level: .ip, name: .ip_multicast_if, value: address).get()
            } catch {
                channel.close(promise: nil)
                throw error
            }
        }
        return channel
    }

    /// Answers between the event loop and who waits for them.
    private final class Collected: Sendable {
        private let state = Mutex<(answers: [Answer], counts: [NetworkAddress: Int], bytes: Int)>(([], [:], 0))

        var answers: [Answer] { state.withLock { $0.answers } }

        func add(_ answer: Answer) {
            state.withLock { state in
                guard state.answers.count < Limit.answers, state.bytes + answer.bytes.count <= Limit.bytes,
                    state.counts[answer.sender, default: 0] < Limit.answersOfOne
                else { return }
                state.counts[answer.sender, default: 0] += 1
                state.bytes += answer.bytes.count
                state.answers.append(answer)
            }
        }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let collected: Collected

        init(_ collected: Collected) { self.collected = collected }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = Self.unwrapInboundIn(data)
            guard let text = envelope.remoteAddress.ipAddress, let sender = NetworkAddress(text) else { return }
            collected.add(Answer(sender: sender, bytes: Array(envelope.data.readableBytesView)))
        }

        // A host that refuses datagrams is no reason to stop listening to the others.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }
}
