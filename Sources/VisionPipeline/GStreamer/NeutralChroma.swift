internal import CGStreamer
internal import Synchronization

/// Bytes of no colour, for grey pictures that have to go on as I420; all of them share one block.
enum NeutralChroma {
    private static let block = Mutex(Block())

    private struct Block: @unchecked Sendable {  // read-only once made
        var memory: UnsafeMutablePointer<GstMemory>?
        var size = 0
    }

    /// - Returns: a new reference to so many bytes of 128; nil where there is no memory.
    static func memory(_ size: Int) -> UnsafeMutablePointer<GstMemory>? {
        let shared = block.withLock { block in
            if block.size < size {
                guard let bytes = g_try_malloc(gsize(size)) else { return Block() }
                bytes.initializeMemory(as: UInt8.self, repeating: 128, count: size)
                let made = gst_memory_new_wrapped(
                    GST_MEMORY_FLAG_READONLY, bytes, gsize(size), 0, gsize(size), bytes, { g_free($0) })
                if let old = block.memory { unref(old) }
                block = Block(memory: made, size: size)
            }
            // Shared in the lock, so that nobody lets go of the block meanwhile.
            return Block(memory: block.memory.flatMap { gst_memory_share($0, 0, gssize(size)) }, size: size)
        }
        return shared.memory
    }

    private static func unref(_ memory: UnsafeMutablePointer<GstMemory>) {
        gst_mini_object_unref(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: GstMiniObject.self))
    }
}
