import Foundation
import Plans
import Testing

@testable import VisionPipeline

/// STREAMTAP_PICTURES names a folder of PGM files (P5, 8 bits) that show no tag.
@Suite struct NaturalPictureTests {
    static let folder = ProcessInfo.processInfo.environment["STREAMTAP_PICTURES"]

    @Test(
        "finds no tag where there is none", .enabled(if: folder != nil),
        arguments: AprilTagFamily.allCases)
    func noTag(family: AprilTagFamily) throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: URL(fileURLWithPath: try #require(Self.folder)), includingPropertiesForKeys: nil)
        let pictures = files.filter { $0.pathExtension == "pgm" }
        #expect(!pictures.isEmpty)
        for decimate in ["1", "2"] {
            let stage = try StageRun(
                AprilTagStage.self, ["family": .string(family.rawValue), "decimate": .string(decimate)])
            for picture in pictures {
                let frame = try #require(Self.frame(try Data(contentsOf: picture)))
                let found = try stage.process(frame)?.detections ?? []
                #expect(
                    found.isEmpty,
                    "\(picture.lastPathComponent) \(decimate) \(found.map { "\($0.label) \($0.hamming ?? 0) \($0.margin ?? 0) \($0.box)" })"
                )
            }
        }
    }

    /// Three numbers in words, one white space, samples.
    private static func frame(_ data: Data) -> Frame? {
        var offset = 0
        var words: [String] = []
        var word = ""
        while words.count < 4, offset < data.count {
            let byte = data[data.startIndex + offset]
            offset += 1
            if byte > 32 {
                word.append(Character(UnicodeScalar(byte)))
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        guard words.count == 4, words[0] == "P5", let width = Int(words[1]), let height = Int(words[2]),
            data.count >= offset + width * height
        else { return nil }
        let samples = [UInt8](data.dropFirst(offset))
        return TestFrame.make(.gray8, width: width, height: height) { _, x, y in samples[y * width + x] }
    }
}
