import Testing

@testable import VisionPipeline

struct FramePoolTests {
    @Test("uses memory again once the last holder is gone, and no sooner")
    func reuse() {
        let pool = FramePool(idleLimit: 2)
        let source = TestFrame.gray(width: 100, height: 10)
        var first: Frame? = pool.frame(from: source) { $0[0].base[0] = 1 }
        let address = first?.withPlanes { $0[0].base }
        var shared: Frame? = first?.with(detections: [])
        first = nil
        let second = pool.frame(from: source) { _ in }
        #expect(second.withPlanes { $0[0].base } != address)
        #expect(shared?.withPlanes { $0[0].samples[0] } == 1)
        shared = nil
        let third = pool.frame(from: source) { _ in }
        #expect(third.withPlanes { $0[0].base } == address)
    }

    @Test("a frame used again is what it is made from, with nothing of the one before")
    func renewed() {
        let pool = FramePool()
        let first = TestFrame.make(
            .gray8, width: 8, height: 8, colorimetry: Colorimetry(range: .limited, matrix: .bt709), sequence: 3,
            captured: 7, detections: []
        ) { _, _, _ in 1 }
        let identity = ObjectIdentifier(pool.frame(from: first) { _ in })
        let second = pool.frame(from: TestFrame.gray(width: 8, height: 8, sequence: 4)) { _ in }
        #expect(ObjectIdentifier(second) == identity)
        #expect(second.sequence == 4 && second.captured == 0 && second.detections == nil)
        #expect(second.colorimetry == .jpeg)
    }

    @Test("another size or format is another frame")
    func otherKinds() {
        let pool = FramePool()
        _ = pool.frame(from: TestFrame.gray(width: 16, height: 4)) { _ in }
        let turned = pool.frame(from: TestFrame.gray(width: 4, height: 16)) { _ in }
        let colour = pool.frame(from: turned, format: .i420) { _ in }
        #expect((turned.width, turned.height, turned.format) == (4, 16, .gray8))
        #expect((colour.width, colour.height, colour.format) == (4, 16, .i420))
        #expect(pool.idleCount == 1)
    }

    @Test("keeps no more idle frames than it may")
    func bounded() {
        let pool = FramePool(idleLimit: 2)
        let source = TestFrame.gray()
        var frames: [Frame] = (0..<5).map { _ in pool.frame(from: source) { _ in } }
        #expect(pool.idleCount == 0)
        frames.removeAll()
        // One of the five is used again, and two are kept.
        let next = pool.frame(from: source) { _ in }
        #expect(pool.idleCount == 2)
        withExtendedLifetime(next) {}
    }

    @Test("frames outlive their pool")
    func outlives() {
        let frame = FramePool().frame(from: TestFrame.gray()) { $0[0].base[5] = 42 }
        #expect(frame.withPlanes { $0[0].samples[5] } == 42)
    }

    @Test(
        "planes are apart from each other and aligned", arguments: PixelFormat.allCases, [(1, 1), (13, 7), (642, 359)])
    func layout(_ format: PixelFormat, _ size: (Int, Int)) {
        guard format != .jpeg else { return }
        let source = TestFrame.gray(width: size.0, height: size.1)
        let frame = FramePool().frame(from: source, format: format) { planes in
            #expect(planes.count == format.planeCount)
            for index in 0..<planes.count {
                for y in 0..<planes[index].height {
                    (planes[index].base + y * planes[index].stride).update(
                        repeating: UInt8(index + 1), count: planes[index].width)
                }
            }
        }
        frame.withPlanes { planes in
            for (index, plane) in planes.enumerated() {
                let expected = format.planeSize(index, width: size.0, height: size.1)
                #expect((plane.width, plane.height) == expected)
                #expect(UInt(bitPattern: plane.base) % 64 == 0 && plane.stride % 64 == 0)
                for y in 0..<plane.height {
                    #expect(plane.samples[y * plane.stride] == UInt8(index + 1))
                    #expect(plane.samples[y * plane.stride + plane.width - 1] == UInt8(index + 1))
                }
            }
        }
    }

    @Test("many threads take and give back")
    func concurrent() async {
        let pool = FramePool()
        let source = TestFrame.gray(width: 32, height: 32)
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    (0..<200).allSatisfy { turn in
                        let value = UInt8(truncatingIfNeeded: worker * 50 + turn)
                        let frame = pool.frame(from: source) { $0[0].base.update(repeating: value, count: 32) }
                        return frame.withPlanes { planes in (0..<32).allSatisfy { planes[0].samples[$0] == value } }
                    }
                }
            }
            for await isIntact in group { #expect(isIntact) }
        }
    }
}
