import TestSupport
import Testing

@testable import VisionPipeline

/// Headers of pictures, as whoever wants to hold up a decoder would pack them.
@Suite(.timeLimit(.minutes(1)))
struct PictureHeaderTests {
    /// Beginnings of headers that are looked for: each is short, and leads to a search for more.
    private static let beginnings: [[UInt8]] = [
        [0, 0, 1, 0xB3], [0, 0, 1, 0xB3, 0, 0, 1, 0xB5], [0, 0, 1, 0x20, 0, 0, 1, 0xB5], [0, 0, 1], [0],
        [0x0A, 0], [0x0A, 1, 0], [0x12, 0], [0x84], [0xC7], Array("IHDR".utf8), Array("GIF8".utf8),
        Array("WEBPVP8 ".utf8), [0xFF, 0x4F, 0xFF, 0x51], Array("BM".utf8), [0x49, 0x49, 42, 0, 8, 0, 0, 0],
        Array("P1 #".utf8),
    ]

    @Test("Ten times the headers take about ten times as long", arguments: PictureCoding.allCases)
    func linear(coding: PictureCoding) {
        func seconds(_ beginning: [UInt8], _ count: Int) -> Double {
            let bytes = Array(repeatElement(beginning, count: count / beginning.count).joined())
            let times = (0..<3).map { _ in
                let start = threadSeconds()
                bytes.withUnsafeBytes { _ = coding.sizes(in: $0) }
                return threadSeconds() - start
            }
            return times.min() ?? 0
        }
        for beginning in Self.beginnings {
            let (small, large) = (seconds(beginning, 3_000), seconds(beginning, 30_000))
            #expect(large / max(small, 0.000_2) < 40, "\(beginning): \(small) s, \(large) s")
        }
    }

    @Test("Bytes of no make of picture at all are read without harm", arguments: PictureCoding.allCases)
    func anything(coding: PictureCoding) {
        var random = SeededGenerator.announced()
        for _ in 0..<2000 {
            var bytes = Self.beginnings.randomElement(using: &random) ?? []
            bytes += (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : [0, 1, 0x7F, 0xFF].randomElement(using: &random) ?? 0
            }
            bytes.withUnsafeBytes { bytes in
                #expect(coding.sizes(in: bytes).allSatisfy { $0.width >= 0 && $0.height >= 0 })
            }
        }
    }
}
