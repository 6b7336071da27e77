import TestSupport
import Testing
import WorkerLink

struct FrameCodecTests {
    static let header = FrameHeader(
        tap: 513, variant: Variant(width: 640, height: 480, quality: 85), once: .max, sequence: 0x0102_0304_0506_0708,
        captured: .min, encoded: -2, encodeMicros: 0x0C0D, width: 4_294_967_295, height: 1)

    static func decode(_ bytes: [UInt8]) throws -> (FrameHeader, Int) {
        try bytes.withUnsafeBytes { try FrameCodec.decode($0) }
    }

    @Test(
        "comes back as it was",
        arguments: [
            header,
            FrameHeader(tap: 0, variant: .asIs, sequence: 0, captured: 0, encoded: 0, width: 0, height: 0),
            FrameHeader(
                tap: 65_535, variant: Variant(width: 65_535, height: 1, quality: 100), once: 1, sequence: .max,
                captured: .max, encoded: .max, width: 65_535, height: 65_535),
            FrameHeader(
                tap: 1, variant: Variant(height: 300), sequence: 1, captured: 1, encoded: 1, width: 1, height: 1,
                isDamaged: true),
            FrameHeader(
                tap: 1, variant: .detections, sequence: 1, captured: 1, encoded: 1, encodeMicros: 4_294_967_295,
                width: 2,
                height: 2),
        ])
    func roundTrip(_ header: FrameHeader) throws {
        let bytes = FrameCodec.encode(header, detectionsLength: 3)
        #expect(bytes.count == FrameCodec.headerLength)
        let (decoded, detections) = try Self.decode(bytes + [1, 2, 3, 4])
        #expect(decoded == header && detections == 3)
    }

    @Test("every place is little-endian where the layout says it")
    func layout() {
        let bytes = FrameCodec.encode(Self.header, detectionsLength: 0x0A0B)
        #expect(Array(bytes[0..<8]) == [1, 2, 0x80, 2, 0xE0, 1, 85, 0])
        #expect(Array(bytes[16..<24]) == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(Array(bytes[48..<56]) == [0x0B, 0x0A, 0, 0, 0x0D, 0x0C, 0, 0])
    }

    @Test("numbers that have no room are held to their limits, never wrapped")
    func limits() throws {
        let header = FrameHeader(
            tap: -1, variant: Variant(width: 100_000, height: -4, quality: 300), sequence: 1, captured: 0, encoded: 0,
            width: -1, height: .max)
        let (decoded, _) = try Self.decode(FrameCodec.encode(header, detectionsLength: -7))
        #expect(decoded.tap == 0)
        #expect(decoded.variant == Variant(width: 65_535, quality: 255))
        #expect((decoded.width, decoded.height) == (0, 4_294_967_295))
    }

    @Test("a payload shorter than its header is malformed", arguments: 0..<56)
    func short(_ count: Int) {
        let bytes = Array(FrameCodec.encode(Self.header, detectionsLength: 0).prefix(count))
        #expect(throws: LinkError.self) { try Self.decode(bytes) }
    }

    @Test("detections longer than the payload are malformed", arguments: [1, 2, 1 << 20, 4_294_967_295])
    func detectionsTooLong(_ length: Int) {
        let bytes = FrameCodec.encode(Self.header, detectionsLength: length)
        #expect(throws: LinkError.self) { try Self.decode(bytes) }
    }

    @Test("any bytes are a frame or malformed, never a trap")
    func random() {
        var generator = SeededGenerator.announced()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if let (_, detections) = try? Self.decode(bytes) {
                #expect(detections >= 0 && FrameCodec.headerLength + detections <= bytes.count)
            }
        }
    }
}
