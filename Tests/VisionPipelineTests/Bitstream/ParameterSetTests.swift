import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

@Suite("What H.264 and H.265 say before they are decoded")
struct ParameterSetTests {
    /// Encoder options, and what they mean.
    struct Case: Sendable, CustomTestStringConvertible {
        var codec: String
        var size = "320x240"
        var encoding = ""
        var width = 320
        var height = 240
        var depth = 8
        var chroma = 1
        var interlaced = false
        var aspect: SampleAspectRatio?
        var color: CodedColor?
        var testDescription: String { "\(codec) \(size) \(encoding)" }
    }

    static let plain = [
        Case(codec: "264"),
        Case(codec: "264", size: "642x362", width: 642, height: 362),
        Case(codec: "264", size: "1920x1080", width: 1920, height: 1080),
        Case(codec: "264", encoding: "-profile:v baseline"),
        Case(codec: "264", encoding: "-pix_fmt yuv422p", chroma: 2),
        Case(codec: "264", encoding: "-pix_fmt yuv444p", chroma: 3),
        Case(codec: "264", encoding: "-pix_fmt yuv420p10le", depth: 10),
        Case(codec: "264", encoding: "-pix_fmt gray", chroma: 0, color: CodedColor(isFullRange: true)),
        Case(codec: "264", encoding: "-x264-params tff=1:bframes=0", interlaced: true),
        Case(codec: "264", encoding: "-x264-params scaling-matrix=1:cqm=jvt"),
        Case(codec: "265"),
        Case(codec: "265", size: "642x362", width: 642, height: 362),
        Case(codec: "265", encoding: "-pix_fmt yuv420p10le", depth: 10),
        Case(codec: "265", encoding: "-pix_fmt yuv422p", chroma: 2),
        Case(codec: "265", encoding: "-pix_fmt gray", chroma: 0, color: CodedColor(isFullRange: true)),
        Case(codec: "265", encoding: "-x265-params bframes=4:b-pyramid=1:ref=4"),
        Case(codec: "265", encoding: "-x265-params scaling-list=default:temporal-layers=2"),
    ]

    static let colored = ["264", "265"].flatMap { codec in
        let options = "-x\(codec)-params "
        return [
            Case(codec: codec, encoding: "-vf setsar=40/33", aspect: SampleAspectRatio(width: 40, height: 33)),
            Case(codec: codec, encoding: "-vf setsar=2/1", aspect: SampleAspectRatio(width: 2, height: 1)),
            Case(codec: codec, encoding: "-vf setsar=7/5", aspect: SampleAspectRatio(width: 7, height: 5)),
            Case(
                codec: codec, encoding: options + (codec == "264" ? "fullrange=on" : "range=full"),
                color: CodedColor(isFullRange: true)),
            Case(
                codec: codec, encoding: options + "colorprim=bt709:transfer=bt709:colormatrix=bt709",
                color: CodedColor(isFullRange: false, primaries: 1, transfer: 1, matrix: 1)),
            Case(
                codec: codec,
                encoding: "-pix_fmt yuv420p10le \(options)colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
                depth: 10, color: CodedColor(isFullRange: false, primaries: 9, transfer: 16, matrix: 9)),
        ]
    }

    @Test("Size, aspect, range and colours are what the encoder was told", arguments: plain + colored)
    func parsed(made: Case) throws {
        let bytes = try CodedVideo.encoded(
            size: made.size, "-c:v libx\(made.codec) \(made.encoding)", format: made.codec == "264" ? "h264" : "hevc")
        let found = try #require(Self.parameters(bytes, made.codec))
        #expect((found.width, found.height) == (made.width, made.height))
        #expect(found.codedWidth >= made.width && found.codedWidth < made.width + 64)
        #expect(found.codedHeight >= made.height && found.codedHeight < made.height + 64)
        #expect(found.bitDepth == made.depth)
        #expect(found.chromaFormat == made.chroma)
        #expect(found.isInterlaced == made.interlaced)
        #expect(
            (found.sampleAspectRatio ?? SampleAspectRatio(width: 1, height: 1)) == made.aspect
                ?? SampleAspectRatio(width: 1, height: 1))
        #expect((found.color ?? CodedColor(isFullRange: false)) == made.color ?? CodedColor(isFullRange: false))
        #expect(found.isSound)
    }

    @Test("A stream without keyframes says when its pictures are whole")
    func recovery() throws {
        let bytes = try CodedVideo.encoded(
            size: "320x240", "-c:v libx264 -x264-params intra-refresh=1:keyint=20:bframes=0", format: "h264",
            seconds: 6)
        let points = Self.units(bytes, .byteStream).filter { $0[0] & 0x1F == 6 }.compactMap { unit in
            unit.withUnsafeBytes { H264RecoveryPoint.pictures($0) }
        }
        #expect(!points.isEmpty && points.allSatisfy { (0...20).contains($0) }, "\(points)")
        let others = try CodedVideo.encoded(size: "320x240", "-c:v libx264 -x264-params open-gop=0", format: "h264")
        let none = Self.units(others, .byteStream).filter { $0[0] & 0x1F == 6 }.compactMap { unit in
            unit.withUnsafeBytes { H264RecoveryPoint.pictures($0) }
        }
        #expect(none.allSatisfy { $0 == 0 })
    }

    @Test("Units are the same behind start codes and behind lengths")
    func layouts() throws {
        let bytes = try CodedVideo.encoded(size: "320x240", "-c:v libx264", format: "h264")
        let units = Self.units(bytes, .byteStream).map { unit in
            // The zeros before a start code belong to that.
            Array(unit.reversed().drop { $0 == 0 }.reversed())
        }
        #expect(units.count > 3)
        for size in [2, 4] {
            let prefixed = units.flatMap { unit -> [UInt8] in
                (0..<size).reversed().map { UInt8(truncatingIfNeeded: unit.count >> (8 * $0)) } + unit
            }
            #expect(Self.units(prefixed, .lengthPrefixed(size)) == units)
            // A length that leads past the end, and an end in the middle of one.
            #expect(Self.units(prefixed.dropLast(), .lengthPrefixed(size)) == units.dropLast())
            #expect(Self.units(prefixed + [0, 0], .lengthPrefixed(size)) == units)
        }
    }

    @Test("Any bytes are a set or none; nothing is read past the end")
    func random() throws {
        var random = SeededGenerator.announced()
        let sound = try ["264", "265"].map { codec in
            (
                codec,
                try CodedVideo.encoded(size: "64x64", "-c:v libx\(codec)", format: codec == "264" ? "h264" : "hevc")
            )
        }
        for round in 0..<20_000 {
            let (codec, bytes) = sound[round % 2]
            let unit = try #require(Self.units(bytes, .byteStream).first { Self.isSet($0, codec) })
            var mutated = unit
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                mutated[Int.random(in: 2..<mutated.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            mutated.removeLast(Int.random(in: 0..<mutated.count - 2, using: &random))
            // Allocated to the byte, so that a guard behind it can tell.
            mutated.withUnsafeBytes { bytes in
                let found = codec == "264" ? H264ParameterSet.parse(bytes) : H265ParameterSet.parse(bytes)
                if let found { #expect(found.width > 0 && found.height > 0 && found.codedWidth >= found.width) }
            }
        }
    }

    @Test("Start codes are found wherever they stand, as one would by looking at every byte")
    func startCodes() {
        var random = SeededGenerator.announced()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                [0, 0, 0, 1, 1, 3, 0x67].randomElement(using: &random) ?? 0 as UInt8
            }
            let codes = bytes.indices.dropLast(2).filter { Array(bytes[$0..<$0 + 3]) == [0, 0, 1] }
            let expected = codes.indices.map { index in
                Array(bytes[(codes[index] + 3)..<(index + 1 < codes.count ? codes[index + 1] : bytes.count)])
            }
            #expect(Self.units(bytes, .byteStream) == expected.filter { !$0.isEmpty }, "\(bytes)")
        }
    }

    private static func parameters(_ bytes: [UInt8], _ codec: String) -> VideoParameters? {
        let set = units(bytes, .byteStream).first { isSet($0, codec) }
        return set?.withUnsafeBytes { codec == "264" ? H264ParameterSet.parse($0) : H265ParameterSet.parse($0) }
    }

    private static func isSet(_ unit: [UInt8], _ codec: String) -> Bool {
        codec == "264" ? unit[0] & 0x1F == H264ParameterSet.unitType : unit[0] >> 1 == H265ParameterSet.unitType
    }

    private static func units(_ bytes: [UInt8], _ layout: NALUnits.Layout) -> [[UInt8]] {
        var found: [[UInt8]] = []
        bytes.withUnsafeBytes { bytes in
            NALUnits.forEach(in: bytes, layout) { unit in
                found.append(Array(unit))
                return true
            }
        }
        return found
    }
}
