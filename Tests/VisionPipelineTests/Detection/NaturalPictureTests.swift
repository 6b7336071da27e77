import Foundation
import Plans
import Testing

@testable import VisionPipeline

/// Photographs and textures that show no tag: in grass and gravel there is always some speck that decodes.
@Suite struct NaturalPictureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Pictures")
    static let names = ["brick", "camera", "chelsea", "grass", "gravel"]

    @Test("finds no tag where there is none", arguments: AprilTagFamily.allCases, AprilTagDetector.Decimation.allCases)
    func noTag(family: AprilTagFamily, decimation: AprilTagDetector.Decimation) throws {
        let stage = try StageRun(
            AprilTagStage.self,
            ["family": .string(family.rawValue), "decimate": .string(decimation.rawValue)])
        for name in Self.names {
            let found = try stage.process(try Self.frame(name))?.detections ?? []
            #expect(
                found.isEmpty,
                "\(name) \(found.map { "\($0.label) \($0.hamming ?? 0) \($0.margin ?? 0) \($0.box)" })")
        }
    }

    /// Of the family that decodes most easily, with as many wrong bits put right as can be, some specks remain; those
    /// whose bits are narrower than a pixel and a half are guesses.
    @Test("reports no tag whose bits are too narrow to be read")
    func narrow() throws {
        var found = 0
        for decimate in ["1", "2"] {
            let stage = try StageRun(
                AprilTagStage.self,
                [
                    "family": .string("tag16h5"), "decimate": .string(decimate), "max_hamming": .integer(2),
                    "min_margin": .number(0),
                ])
            for name in Self.names {
                for tag in try stage.process(try Self.frame(name))?.detections ?? [] {
                    found += 1
                    // Six cells a side.
                    #expect(Polygon(corners: tag.corners).shortestSide >= 9, "\(name) \(tag.box)")
                }
            }
        }
        #expect(found > 0, "else this shows nothing")
    }

    @Test("the pictures are those of the folder")
    func all() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(files.filter { $0.hasSuffix(".jpg") }.sorted() == Self.names.map { "\($0).jpg" })
    }

    private static func frame(_ name: String) throws -> Frame {
        let picture = try DecodedJPEG([UInt8](try Data(contentsOf: folder.appending(path: "\(name).jpg"))))
        return TestFrame.make(.gray8, width: picture.width, height: picture.height) { _, x, y in
            picture.rgb[(y * picture.width + x) * 3]
        }
    }
}
