import Foundation
import TestSupport
import Testing

@testable import VisionPipeline

@Suite("How a JPEG is put together")
struct JPEGStructureTests {
    /// A picture of ffmpeg's, made anew by libjpeg's own tool.
    static func jpeg(_ options: [String] = [], size: String = "321:243", smooth: Bool = false) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jpeg-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let picture = folder.appending(path: "in.ppm").path
        try Data(
            CodedVideo.output(
                of: "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i",
                    (smooth
                        ? "smptehdbars=duration=0.1:rate=10,format=rgb24,gblur=sigma=12"
                        : "testsrc2=duration=0.1:rate=10")
                        + ",format=rgb24,scale=\(size)", "-frames:v", "1",
                    "-c:v", "ppm", "-f", "image2pipe", "-",
                ])
        ).write(to: URL(filePath: picture))
        return try CodedVideo.output(of: "cjpeg", options + [picture])
    }

    static func structure(_ bytes: [UInt8]) throws -> JPEGStructure {
        try bytes.withUnsafeBytes { try JPEGStructure($0) }
    }

    @Test(
        "Every make of picture is understood",
        arguments: [
            ([], JPEGStructure.Process.baseline, [2, 1, 1], [2, 1, 1], 1),
            (["-sample", "1x1"], .baseline, [1, 1, 1], [1, 1, 1], 1),
            (["-sample", "2x1"], .baseline, [2, 1, 1], [1, 1, 1], 1),
            (["-sample", "1x2"], .baseline, [1, 1, 1], [2, 1, 1], 1),
            (["-sample", "4x1"], .baseline, [4, 1, 1], [1, 1, 1], 1),
            (["-grayscale"], .baseline, [1], [1], 1),
            (["-rgb"], .baseline, [1, 1, 1], [1, 1, 1], 1),
            (["-progressive"], .progressive, [2, 1, 1], [2, 1, 1], 10),
            (["-restart", "1"], .baseline, [2, 1, 1], [2, 1, 1], 1),
            (["-arithmetic"], .other, [2, 1, 1], [2, 1, 1], 1),
            (["-optimize"], .baseline, [2, 1, 1], [2, 1, 1], 1),
        ] as [([String], JPEGStructure.Process, [Int], [Int], Int)])
    func makes(options: [String], process: JPEGStructure.Process, across: [Int], down: [Int], scans: Int) throws {
        let bytes = try Self.jpeg(options)
        let found = try Self.structure(bytes)
        #expect((found.width, found.height, found.precision) == (321, 243, 8))
        #expect(found.process == process)
        #expect(found.components.map(\.across) == across)
        #expect(found.components.map(\.down) == down)
        #expect(found.scans == scans)
        #expect(found.bytes == 0..<bytes.count)
        #expect(found.orientation == 1)
        if options == ["-rgb"] { #expect(found.adobeTransform == 0) }
        if process == .baseline { #expect(found.hasHuffmanTables) }
    }

    @Test("A picture ends at its own end, whatever stands around it")
    func surroundings() throws {
        let bytes = try Self.jpeg()
        let other = try Self.jpeg(size: "64:64")
        for junk in [[0], [0, 0, 0, 0], [0xFF], [0xFF, 0xFF], [1, 2, 3], other] as [[UInt8]] {
            let found = try Self.structure(bytes + junk)
            #expect(found.bytes == 0..<bytes.count)
            #expect(found.width == 321)
        }
        #expect(try Self.structure([0, 0, 0xFF] + bytes).bytes == 3..<bytes.count + 3)
        // Fill bytes before a marker.
        #expect(try Self.structure(Array(bytes[..<2]) + [0xFF, 0xFF] + bytes[2...]).width == 321)
    }

    @Test("A picture that was cut is not one, wherever it was cut, and with the next one behind it")
    func cut() throws {
        let bytes = try Self.jpeg()
        let next = try Self.jpeg(size: "64:64")
        for end in stride(from: 0, to: bytes.count, by: 97) {
            let cut = Array(bytes[..<end])
            #expect(throws: JPEGStructure.Problem.self, "cut at \(end) of \(bytes.count)") { try Self.structure(cut) }
            if end > 700 {
                #expect(throws: JPEGStructure.Problem.self, "cut at \(end), another behind") {
                    try Self.structure(cut + next)
                }
            }
        }
    }

    @Test("Huffman tables that are left out are missed")
    func tables() throws {
        let bytes = try Self.withoutTables(Self.jpeg())
        let found = try Self.structure(bytes)
        #expect(!found.hasHuffmanTables)
        #expect(found.width == 321)
    }

    /// Without its DHT segments, as many USB cameras send it.
    static func withoutTables(_ bytes: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = Array(bytes[..<2])
        var place = 2
        while bytes[place + 1] != 0xDA {
            let length = 2 + Int(bytes[place + 2]) << 8 + Int(bytes[place + 3])
            if bytes[place + 1] != 0xC4 { result += bytes[place..<place + length] }
            place += length
        }
        return result + bytes[place...]
    }

    @Test("Exif's orientation, in both byte orders", arguments: 1...8, [true, false])
    func orientation(value: Int, isLittle: Bool) throws {
        let bytes = try Self.jpeg()
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            let digits = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittle ? digits : digits.reversed()
        }
        let entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(value, 2) + [0, 0]
        let make = number(0x010F, 2) + number(2, 2) + number(4, 4) + Array("abc\0".utf8)
        let tiff = Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2) + make + entry
        let body = Array("Exif\0\0".utf8) + tiff + number(0, 4)
        let segment = [0xFF, 0xE1, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
        #expect(try Self.structure(Array(bytes[..<2]) + segment + bytes[2...]).orientation == value)
    }

    @Test("Any bytes are a picture or none; nothing is read past the end")
    func random() throws {
        var random = SeededGenerator.announced()
        let makes = try [[], ["-progressive"], ["-restart", "1"]].map { try Self.jpeg($0, size: "64:48") }
        for round in 0..<6_000 {
            var bytes = makes[round % makes.count]
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            if let found = try? Self.structure(bytes) {
                #expect(found.width > 0 && found.bytes.upperBound <= bytes.count)
            }
        }
    }

    @Test("A camera that sends no EOI is believed after a few pictures; one that does is not when a picture is cut")
    func ends() throws {
        let bytes = try Self.jpeg(size: "64:64")
        func read(_ reader: inout JPEGReader, _ bytes: [UInt8]) -> JPEGStructure? {
            bytes.withUnsafeBytes { reader.structure(of: $0) }
        }
        var endless = JPEGReader()
        let answers = (0..<10).map { _ in read(&endless, bytes.dropLast(2)) }
        #expect(answers.map { $0 != nil } == Array(repeating: false, count: 5) + Array(repeating: true, count: 5))
        let found = try #require(answers.last ?? nil)
        #expect(Array(bytes.dropLast(2)).withUnsafeBytes { found.completed($0) } == bytes)
        var ordinary = JPEGReader()
        #expect(read(&ordinary, bytes) != nil)
        for _ in 0..<20 { #expect(read(&ordinary, bytes.dropLast(2)) == nil) }
    }

    @Test("The size that a picture claims is found in bytes that begin anywhere before its frame header")
    func claims() throws {
        let bytes = try Self.jpeg()
        for start in [0, 1, 2, 17, 100] {
            #expect(Self.claims(in: bytes[start...]) == [[321, 243]])
        }
        // A thumbnail stands before the picture's own frame header.
        let small = try Self.jpeg(size: "16:16")
        let thumbnail =
            [0xFF, 0xE1, UInt8((small.count + 8) >> 8), UInt8((small.count + 8) & 255)]
            + Array("Exif\0\0".utf8) + small
        #expect(Self.claims(in: bytes[..<2] + thumbnail + bytes[2...]) == [[16, 16], [321, 243]])
        let samples = try #require(Self.places(of: 0xDA, in: bytes).first)
        #expect(Self.claims(in: bytes[samples...]).isEmpty)
        #expect(Self.claims(in: Array(repeating: 0xFF, count: 50)[...]).isEmpty)
        #expect(Self.claims(in: []).isEmpty)
    }

    private static func claims(in bytes: ArraySlice<UInt8>) -> [[Int]] {
        Array(bytes).withUnsafeBytes { bytes in JPEGReader.claimedSizes(in: bytes).map { [$0.width, $0.height] } }
    }

    @Test("More scans than any encoder makes are refused")
    func scans() throws {
        let bytes = try Self.jpeg(["-progressive"], size: "16:16")
        let start = try #require(Self.places(of: 0xDA, in: bytes).last)
        let scan = Array(bytes[start..<bytes.count - 2])
        let many = Array(bytes[..<(bytes.count - 2)]) + Array(repeating: scan, count: 200).joined() + [0xFF, 0xD9]
        #expect(throws: JPEGStructure.Problem.tooManyScans) { try Self.structure(many) }
    }

    private static func places(of marker: UInt8, in bytes: [UInt8]) -> [Int] {
        bytes.indices.dropLast().filter { bytes[$0] == 0xFF && bytes[$0 + 1] == marker }
    }
}
