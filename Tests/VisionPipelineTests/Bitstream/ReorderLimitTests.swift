import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Parameter sets that say nothing of the order of pictures, and what becomes of them.
@Suite(.timeLimit(.minutes(1)))
struct ReorderLimitTests {
    /// How x264 is told to code.
    private static let codings = [
        "-profile:v baseline", "-profile:v high -bf 0", "-pix_fmt yuv444p -bf 0",
        "-bf 0 -x264-params nal-hrd=vbr:vbv-maxrate=500:vbv-bufsize=500", "-bf 0 -x264-params interlaced=1",
        "-bf 0 -x264-params ref=5:colorprim=bt709:chromaloc=1:overscan=show", "-bf 0 -aspect 16:11 -s 200x120",
        "-bf 0 -x264-params cqm=jvt",
    ]

    /// What a camera's set leaves out.
    enum Doctoring: CaseIterable {
        case withoutUsability, withoutRestriction
    }

    private static func ffmpeg(_ arguments: [String]) async throws -> ChildProcess {
        let process = try ChildProcess("/usr/bin/ffmpeg", ["-y", "-hide_banner", "-nostdin"] + arguments)
        try await process.ended(within: .seconds(40))
        return process
    }

    /// MD5 of each picture.
    private static func pictures(_ path: String) async throws -> [Substring] {
        let process = try await ffmpeg([
            "-v", "error", "-f", "h264", "-i", path, "-fps_mode", "passthrough", "-f", "framemd5", "-",
        ])
        return process.output.split(separator: "\n").filter { $0.hasPrefix("0,") }.compactMap {
            $0.split(separator: ",").last
        }
    }

    /// The stream with each set doctored.
    private static func doctored(_ stream: [UInt8], _ doctoring: Doctoring) throws -> [UInt8] {
        var written: [UInt8] = []
        stream.withUnsafeBytes { bytes in
            NALUnits.forEach(in: bytes, .byteStream) { unit in
                written += [0, 0, 0, 1]
                written += unit[0] & 31 == 7 ? doctored(unit, doctoring) : Array(unit)
                return true
            }
        }
        return written
    }

    private static func doctored(_ unit: UnsafeRawBufferPointer, _ doctoring: Doctoring) -> [UInt8] {
        var payload: [UInt8] = []
        for byte in unit.dropFirst() where !(byte == 3 && payload.suffix(2) == [0, 0]) { payload.append(byte) }
        var places = H264ParameterSet.Places()
        payload.withUnsafeBytes { bytes in
            var reader = BitReader(bytes, isEscaped: false)
            _ = H264ParameterSet.parse(unit[0], &reader, &places)
        }
        var writer = BitWriter()
        let end = doctoring == .withoutUsability ? places.usability : places.restriction
        writer.copy(0..<(end ?? 0), of: payload)
        writer.flag(false)
        return [unit[0]] + writer.finished()
    }

    @Test(
        "Sets that say nothing of it say that nothing is shown out of order; decoders see the same pictures, and nothing else is another",
        arguments: codings, Doctoring.allCases)
    func rewritten(coding: String, doctoring: Doctoring) async throws {
        let directory = try TemporaryDirectory()
        let (original, bare, limited) = (
            directory.path + "/a.264", directory.path + "/b.264", directory.path + "/c.264"
        )
        _ = try await Self.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc=size=160x128:rate=25:duration=1", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
                + coding.split(separator: " ").map(String.init) + ["-g", "10", "-f", "h264", original])
        let stream = try Self.doctored(Array(try Data(contentsOf: URL(filePath: original))), doctoring)
        try Data(stream).write(to: URL(filePath: bare))
        var written: [UInt8] = []
        var sets = 0
        try stream.withUnsafeBytes { bytes in
            try NALUnits.forEachThrowing(in: bytes) { unit in
                guard unit[0] & 31 == 7 else {
                    written += [0, 0, 0, 1] + Array(unit)
                    return
                }
                let set = try #require(H264ReorderLimit.parameterSet(unit))
                #expect(set.withUnsafeBytes { H264ReorderLimit.parameterSet($0) } == nil, "once is enough")
                #expect(set.withUnsafeBytes { H264ParameterSet.parse($0) } == H264ParameterSet.parse(unit))
                sets += 1
                written += [0, 0, 0, 1] + set
            }
        }
        #expect(sets > 0)
        try Data(written).write(to: URL(filePath: limited))
        let pictures = try await Self.pictures(limited)
        #expect(pictures.count == 25)
        #expect(try await Self.pictures(original) == pictures)
        let traced = try await Self.ffmpeg([
            "-f", "h264", "-i", limited, "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-",
        ])
        let said = traced.output.split(separator: "\n").filter { $0.contains("max_num_reorder_frames") }
        #expect(!said.isEmpty && said.allSatisfy { $0.hasSuffix("= 0") }, "\(said.first ?? "nothing")")
        // As an access unit of the camera's, with what stands beside.
        let access = stream.withUnsafeBytes { H264ReorderLimit.accessUnit($0) }
        #expect(access.map { $0.count > stream.count } == true)
    }

    @Test("What says it, is damaged, or is no set, stays as it is")
    func untouched() {
        var generator = SeededGenerator.announced()
        let set: [UInt8] = [0x67, 0x42, 0xC0, 0x1E, 0xDA, 0x02, 0x80, 0xBF, 0xE5, 0x84, 0, 0, 3, 0, 4]
        for _ in 0..<2000 {
            var bytes = set
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            guard let made = bytes.withUnsafeBytes({ H264ReorderLimit.parameterSet($0) }) else { continue }
            // Whatever it was, it says the same, and once more there is nothing to do.
            #expect(
                made.withUnsafeBytes { H264ParameterSet.parse($0) }
                    == bytes.withUnsafeBytes { H264ParameterSet.parse($0) })
            #expect(made.withUnsafeBytes { H264ReorderLimit.parameterSet($0) } == nil)
        }
        for bytes: [UInt8] in [[], [0x67], [0x68, 1, 2], [0, 0, 1], [0, 0, 1, 0x67], [0, 0, 1, 0x65, 1]] {
            #expect(bytes.withUnsafeBytes { H264ReorderLimit.accessUnit($0) } == nil)
        }
    }

    @Test("How far pictures are out of order is seen from when they are shown")
    func depth() {
        func depth(_ shown: [Int64?]) -> Int? {
            var depth = ReorderDepth()
            for one in shown { depth.note(one) }
            return depth.known
        }
        #expect(depth((0..<31).map { $0 }) == nil && depth((0..<32).map { $0 }) == 0)
        #expect(depth((0..<31).map { $0 } + [nil, 31, 32]) == nil, "who says nothing of times is not known")
        #expect(depth([0, 3, 1, 2]) == 1 && depth([0, 4, 2, 1, 3]) == 2)
        #expect(depth((0..<100).map { $0 / 2 }) == 0, "twins are in order")
        #expect(depth((0..<40).map { $0 * 40_000_000 } + (0..<40).map { $0 * 40_000_000 }) == 0, "a clock was set back")
        #expect(depth([]) == nil)
    }
}

extension NALUnits {
    fileprivate static func forEachThrowing(
        in bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var failure: (any Error)?
        forEach(in: bytes, .byteStream) { unit in
            do { try body(unit) } catch { failure = error }
            return failure == nil
        }
        if let failure { throw failure }
    }
}
