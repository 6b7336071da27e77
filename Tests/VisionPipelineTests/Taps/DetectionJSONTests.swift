import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

struct DetectionJSONTests {
    let json = DetectionJSON(
        frame: PictureSize(width: 640, height: 480), picture: PictureSize(width: 320, height: 240))

    func parsed(_ detections: [Detection]) throws -> [[String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(json.bytes(detections)))
        return try #require(object as? [[String: Any]])
    }

    @Test("field by field, in the picture's own pixels and normalised")
    func fields() throws {
        let tag = Detection(
            kind: "apriltag", id: 7, label: "tag36h11:7", score: 0.93,
            box: .init(x: 100, y: 50, width: 64.5, height: 48),
            corners: [.init(x: 100, y: 50), .init(x: 164, y: 50), .init(x: 164, y: 98), .init(x: 100, y: 98)])
        #expect(
            String(decoding: json.bytes([tag]), as: UTF8.self) == """
                [{"kind":"apriltag","id":7,"label":"tag36h11:7","score":0.93,"box":[50,25,32.25,24],\
                "corners":[[50,25],[82,25],[82,49],[50,49]],"center":[66,37],\
                "normalized":{"box":[0.15625,0.104167,0.100781,0.1],\
                "corners":[[0.15625,0.104167],[0.25625,0.104167],[0.25625,0.204167],[0.15625,0.204167]],\
                "center":[0.20625,0.154167]}}]
                """)
    }

    @Test("no id, no corners: no id, and the middle of the box")
    func optional() throws {
        let box = Detection.Box(x: 10, y: 20, width: 30, height: 40)
        let object = try #require(try parsed([Detection(kind: "motion", label: "", score: 1, box: box)]).first)
        #expect(object["id"] == nil)
        #expect(object["center"] as? [Double] == [12.5, 20])
        #expect((object["corners"] as? [Any])?.isEmpty == true)
    }

    @Test("text of any kind stays text", arguments: ["\"\\\n\r\t\u{0}\u{1F}", "ä€😀", "</script>", ""])
    func strings(_ text: String) throws {
        let box = Detection.Box(x: 0, y: 0, width: 1, height: 1)
        let object = try #require(
            try parsed([Detection(kind: .init(rawValue: text), label: text, score: 0, box: box)]).first)
        #expect(object["kind"] as? String == text && object["label"] as? String == text)
    }

    @Test("numbers that JSON does not know leave the detection out")
    func finite() throws {
        let good = Detection(kind: "k", label: "good", score: 0.5, box: .init(x: 1, y: 1, width: 1, height: 1))
        var bad = [good, good, good, good]
        bad[0].score = .nan
        bad[1].box.x = .infinity
        bad[2].corners = [.init(x: 0, y: -.infinity)]
        #expect(try parsed(bad).map { $0["label"] as? String } == ["good"])
        var huge = good
        huge.box.width = 1e308
        #expect(try parsed([huge]).count == 1)
        #expect(json.bytes([]) == Array("[]".utf8))
    }

    @Test("goes with the picture of its own frame, in each variant's pixels")
    func throughTap() async throws {
        let deliveries = Deliveries()
        let tap = StreamTap(
            id: "t", attachPoint: "n", index: 0, defaults: .asIs, fps: nil,
            encoders: EncoderPool(threads: 1) { deliveries.add($0) })
        tap.demand([32, nil].map { WantedVariant(tap: "t", variant: Variant(width: $0), stream: nil) })
        let detection = Detection(kind: "k", label: "l", score: 1, box: .init(x: 8, y: 8, width: 16, height: 16))
        tap.offer(TestFrame.gray().with(detections: [detection]))
        try await eventually { deliveries.count == 2 }
        let boxes = deliveries.all.map { frame in
            let object = try? JSONSerialization.jsonObject(with: Data(frame.detections)) as? [[String: Any]]
            return (frame.header.width, object?.first?["box"] as? [Double])
        }
        #expect(boxes.contains { $0.0 == 64 && $0.1 == [8, 8, 16, 16] })
        #expect(boxes.contains { $0.0 == 32 && $0.1 == [4, 4, 8, 8] })
    }
}
