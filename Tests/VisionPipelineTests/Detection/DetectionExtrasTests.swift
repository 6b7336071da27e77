import Foundation
import Plans
import Testing

@testable import VisionPipeline

@Suite struct DetectionExtrasTests {
    @Test("carries track, hamming, margin, pose and data, scaled to the picture")
    func extras() throws {
        var detection = Detection(
            kind: "apriltag", id: 7, label: "tag36h11:7", score: 0.5, box: .init(x: 10, y: 20, width: 40, height: 40))
        detection.anchor = .init(x: 31, y: 41)
        detection.track = 3
        detection.hamming = 1
        detection.margin = 61.256
        detection.pose = .init(x: 0.1, y: -0.2, z: 1.5, rotation: .init(w: 1, x: 0, y: 0, z: 0))
        detection.data = ["zone": .string("a \"door\""), "dwell_seconds": .number(1.5), "inside": .boolean(true)]
        let json = DetectionJSON(
            frame: PictureSize(width: 200, height: 100), picture: PictureSize(width: 100, height: 50))
        let data = Data(json.bytes([detection]))
        let object = try #require((JSONSerialization.jsonObject(with: data) as? [[String: Any]])?.first)
        #expect(object["track"] as? Int == 3)
        #expect(object["hamming"] as? Int == 1)
        #expect(object["margin"] as? Double == 61.26)
        #expect(object["center"] as? [Double] == [15.5, 20.5])
        let pose = try #require(object["pose"] as? [String: Any])
        #expect(pose["position_meters"] as? [Double] == [0.1, -0.2, 1.5])
        #expect(pose["rotation_wxyz"] as? [Double] == [1, 0, 0, 0])
        let extra = try #require(object["data"] as? [String: Any])
        #expect(extra["zone"] as? String == "a \"door\"")
        #expect(extra["dwell_seconds"] as? Double == 1.5)
        #expect(extra["inside"] as? Bool == true)
    }
}
