import Synchronization

/// Makes frames in memory of its own and uses that again once the last holder has let a frame go.
///
/// Safe to use from any thread. Frames may outlive the pool.
final class FramePool: Sendable {
    private let storage: Storage

    /// - Parameter idleLimit: blocks kept without a frame in them; what comes back beyond is freed.
    init(idleLimit: Int = 4) {
        storage = Storage(limit: idleLimit)
    }

    /// A frame that keeps `source`'s time, number and detections and has pixels of its own.
    ///
    /// - Parameters:
    ///   - format, width, height, colorimetry: the source's where nil.
    ///   - fill: writes every sample; the memory holds an older picture.
    func frame<Failure: Error>(
        from source: Frame, format: PixelFormat? = nil, width: Int? = nil, height: Int? = nil,
        colorimetry: Colorimetry? = nil, fill: (MutablePlanes) throws(Failure) -> Void
    ) throws(Failure) -> Frame {
        let format = format ?? source.format
        let (width, height) = (width ?? source.width, height ?? source.height)
        let block = storage.take(MutablePlanes.byteCount(format, width: width, height: height))
        let planes = MutablePlanes(format, width: width, height: height, in: block.bytes)
        try fill(planes)
        return Frame(
            format: format, width: width, height: height, colorimetry: colorimetry ?? source.colorimetry,
            sequence: source.sequence, captured: source.captured, timestamp: source.timestamp,
            detections: source.detections, planes: planes.readOnly, owner: block)
    }

    /// Blocks without a frame in them.
    var idleCount: Int { storage.idle.withLock { $0.count } }

    /// Memory that nobody uses at the moment.
    fileprivate struct Memory: @unchecked Sendable {  // handed from owner to owner, never shared
        let base: UnsafeMutableRawPointer
        let capacity: Int
    }

    /// Outlives the pool by as long as a frame does.
    fileprivate final class Storage: Sendable {
        let idle = Mutex<[Memory]>([])
        private let limit: Int

        init(limit: Int) {
            self.limit = limit
        }

        deinit {
            idle.withLock { idle in
                for memory in idle { memory.base.deallocate() }
            }
        }

        func take(_ count: Int) -> Block {
            let capacity = max(count, 64)
            let found = idle.withLock { idle in
                idle.lastIndex { $0.capacity == capacity }.map { idle.remove(at: $0) }
            }
            let memory =
                found ?? Memory(base: .allocate(byteCount: capacity, alignment: 64), capacity: capacity)
            return Block(memory, home: self)
        }

        func giveBack(_ memory: Memory) {
            let surplus = idle.withLock { idle -> Memory? in
                idle.append(memory)
                return idle.count > limit ? idle.removeFirst() : nil
            }
            surplus?.base.deallocate()
        }
    }

    /// Owns the memory of one frame.
    fileprivate final class Block: Sendable {
        private let memory: Memory
        private let home: Storage

        init(_ memory: Memory, home: Storage) {
            self.memory = memory
            self.home = home
        }

        deinit { home.giveBack(memory) }

        var bytes: UnsafeMutablePointer<UInt8> { memory.base.assumingMemoryBound(to: UInt8.self) }
    }
}
