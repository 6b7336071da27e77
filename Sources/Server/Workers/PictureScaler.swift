import Foundation
import NIOCore
import Synchronization
import WorkerLink

/// Makes finished pictures smaller, for a tap whose worker is gone: in a worker of their own, since a camera's JPEG is nothing
/// that this process decodes, and each only once.
package final class PictureScaler: Sendable {
    /// A picture of a tap, in the size and quality asked for.
    struct Key: Hashable {
        var instance: String
        /// Of the feed: an instance made anew under the same name counts from 1 again.
        var created: String
        var tap: String
        /// The frame's number at its tap.
        var sequence: UInt64
        var variant: Variant
    }

    private struct Cache {
        var pictures: [Key: ByteBuffer] = [:]
        /// The oldest first.
        var order: [Key] = []
    }

    /// Pictures kept, of all taps.
    private static let kept = 64

    private let executable: WorkerExecutable
    private let queue = CheckQueue(width: 1, longest: 16)
    private let cache = Mutex(Cache())

    /// Starts nothing yet.
    package init(executable: WorkerExecutable) {
        self.executable = executable
    }

    /// Nil where it cannot be made, or too many others wait.
    func picture(of jpeg: ByteBuffer, _ key: Key) async -> ByteBuffer? {
        if let known = known(key) { return known }
        guard await queue.enter() else { return nil }
        defer { queue.leave() }
        // Whoever was before may have asked for the same.
        if let known = known(key) { return known }
        guard let variant = try? JSONEncoder().encode(key.variant) else { return nil }
        let question = WorkerQuestion(
            executable: executable, verb: "picture", arguments: executable.limits(),
            input: Array(variant) + [0x0A] + Array(jpeg.readableBytesView))
        guard let answer = try? await question.answer(), !answer.isEmpty else { return nil }
        let picture = ByteBuffer(bytes: answer)
        keep(picture, key)
        return picture
    }

    private func known(_ key: Key) -> ByteBuffer? { cache.withLock { $0.pictures[key] } }

    private func keep(_ picture: ByteBuffer, _ key: Key) {
        cache.withLock { cache in
            cache.pictures[key] = picture
            cache.order.append(key)
            if cache.order.count > Self.kept { cache.pictures[cache.order.removeFirst()] = nil }
        }
    }
}
