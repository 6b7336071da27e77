import NIOCore
import Synchronization
import WorkerLink

/// The messages that viewers' sockets have begun to take and not finished, all viewers together, and a limit to them.
///
/// A slow viewer holds one message. Viewers who are slow at the same message hold it together: it counts once. Beyond the
/// limit those are closed who have waited longest. Safe from any thread, and asked only where a socket is full.
final class UnsentMessages: Sendable {
    private enum Message: Hashable {
        /// Address of its bytes' end, which nobody moves while it is held.
        case shared(UInt)
        /// Made for one viewer.
        case own(ObjectIdentifier)
    }

    private struct Holder {
        var message: Message
        var since: Int64
        var close: @Sendable () -> Void
    }

    private struct State {
        var holders: [ObjectIdentifier: Holder] = [:]
        var messages: [Message: (bytes: Int, holders: Int)] = [:]
        var bytes = 0

        mutating func remove(_ id: ObjectIdentifier) {
            guard let holder = holders.removeValue(forKey: id), let message = messages[holder.message] else { return }
            messages[holder.message] = message.holders > 1 ? (message.bytes, message.holders - 1) : nil
            if message.holders == 1 { bytes -= message.bytes }
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Bytes held just now.
    var bytes: Int { state.withLock(\.bytes) }

    /// - Parameters:
    ///   - message: what is left of it; its memory counts whole.
    ///   - close: ends the viewer's connection; called with no lock held.
    func hold(_ message: ByteBuffer, by output: DirectOutput, close: @escaping @Sendable () -> Void) {
        let end = message.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) &+ UInt($0.count) }
        hold(.shared(end), bytes: message.storageCapacity, by: output, close: close)
    }

    /// The same of a message that no other viewer has.
    ///
    /// - Parameter bytes: what it takes.
    func hold(bytes: Int, by output: DirectOutput, close: @escaping @Sendable () -> Void) {
        hold(.own(ObjectIdentifier(output)), bytes: bytes, by: output, close: close)
    }

    private func hold(_ message: Message, bytes: Int, by output: DirectOutput, close: @escaping @Sendable () -> Void) {
        let id = ObjectIdentifier(output)
        let closing = state.withLock { state -> [@Sendable () -> Void] in
            state.remove(id)
            let others = state.messages[message]?.holders ?? 0
            state.messages[message] = (others > 0 ? state.messages[message]?.bytes ?? bytes : bytes, others + 1)
            if others == 0 { state.bytes += bytes }
            state.holders[id] = Holder(message: message, since: MonotonicClock.now(), close: close)
            var closing: [@Sendable () -> Void] = []
            while state.bytes > limit, let oldest = state.holders.min(by: { $0.value.since < $1.value.since }) {
                closing.append(oldest.value.close)
                state.remove(oldest.key)
            }
            return closing
        }
        for close in closing { close() }
    }

    func release(_ output: DirectOutput) {
        state.withLock { $0.remove(ObjectIdentifier(output)) }
    }
}
