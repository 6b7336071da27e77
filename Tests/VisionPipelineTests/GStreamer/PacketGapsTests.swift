import TestSupport
import Testing

@testable import VisionPipeline

/// What is told from packets: where a picture begins, what is missing, and of which.
@Suite
struct PacketGapsTests {
    @Test(
        "A picture's first packet shows that it is, and behind its first slice none does but parameter sets",
        arguments: DamagedPictureTests.codings)
    func starts(coding: DamagedPictureTests.Coding) throws {
        let dump = try PacketDump(
            of: """
                videotestsrc num-buffers=45 ! video/x-raw,format=I420,width=256,height=192,framerate=400/1 \
                ! \(coding.coder) ! \(coding.payloader)
                """)
        let codec: VideoUnits.Codec = coding.payloader.hasPrefix("rtph264pay") ? .h264 : .h265
        var (last, goesOn, starts): (UInt64?, Bool, Int) = (nil, false, 0)
        for (time, packet) in dump.rtp {
            let (isStart, type) = try packet.withUnsafeBytes {
                let payload = try #require(RTPPacket.payload(of: $0))
                return (PayloadStart.isPictureStart(payload, codec), payload[0] & 0x1F)
            }
            if time != last {
                try #require(isStart, "type \(type) at \(time)")
                starts += 1
                goesOn = false
            } else if isStart, goesOn, starts > 1 {
                // Before the first comes a message of several packets; a payloader puts sets before each slice of a keyframe.
                try #require(codec == .h264 && (type == 7 || type == 8), "type \(type) at \(time)")
            }
            goesOn = goesOn || !isStart
            last = time
        }
        #expect(starts == 45)
    }

    @Test("Payloads of any bytes and length are read within their bounds")
    func anything() {
        var generator = SeededGenerator.announced()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            for codec in [VideoUnits.Codec.h264, .h265] {
                _ = bytes.withUnsafeBytes { PayloadStart.isPictureStart($0, codec) }
            }
        }
    }

    @Test("A gap is told with the packet before it; what comes late or twice, and other numbers, are none")
    func sequence() {
        var sequence = PacketSequence()
        func gap(_ number: UInt16, _ time: UInt64, isEnd: Bool = false) -> UInt16? {
            sequence.note(.init(number: number, time: time, isEnd: isEnd))?.number
        }
        #expect([gap(65_534, 0), gap(65_535, 0, isEnd: true), gap(0, 1), gap(2, 1)] == [nil, nil, nil, 0])
        #expect([gap(1, 1), gap(2, 1), gap(3, 1, isEnd: true)] == [nil, nil, nil])
        #expect(sequence.hasTrueMarkers)
        #expect(gap(40_000, 2) == 3)
        #expect(gap(40_001, 3, isEnd: true) == nil && gap(40_002, 3, isEnd: true) == nil)
        #expect(!sequence.hasTrueMarkers, "a picture goes on behind its end")
    }

    @Test("What a depayloader gives out behind a gap may be an incomplete picture with the next one's timestamp")
    func followers() {
        let gaps = PacketGaps()
        gaps.noteIncomplete(5)
        gaps.noteFollower(6)
        gaps.noteBehindGap(9)
        gaps.noteIncomplete(.max)
        let known = [gaps]
        #expect([4, 5, 6, 9].map { known.isIncomplete(at: $0, isFlagged: false) } == [false, true, false, false])
        #expect([4, 5, 6, 9].map { known.isIncomplete(at: $0, isFlagged: true) } == [false, true, true, false])
        #expect(gaps.isBehindGap(at: 9) && !gaps.isBehindGap(at: 6))
        #expect(known.isIncomplete(at: .max, isFlagged: true) == nil, "a picture without a timestamp")
        #expect([PacketGaps]().isIncomplete(at: 5, isFlagged: true) == nil, "no packets")
    }
}
