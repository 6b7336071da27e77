import Testing
import WorkerLink

@testable import VisionPipeline

@Suite("What a tap counts of detections")
struct DetectionCounterTests {
    static func tag(_ id: Int, kind: Detection.Kind = .apriltag) -> Detection {
        Detection(
            kind: kind, id: id, label: "tag36h11:\(id)", score: 1, box: .init(x: 0, y: 0, width: 1, height: 1))
    }

    @Test("frames, frames with something in them, and each label by itself")
    func counts() {
        var counter = DetectionCounter()
        counter.count([], captured: 1)
        counter.count([Self.tag(7), Self.tag(7), Self.tag(3)], captured: 2)
        counter.count([Self.tag(7), Self.tag(7, kind: "other")], captured: 3)
        let progress = counter.progress
        #expect(progress.frames == 3)
        #expect(progress.framesWithDetections == 2)
        #expect(progress.detections == 5)
        #expect(
            progress.labels == [
                LabelProgress(kind: "apriltag", label: "tag36h11:7", id: 7, frames: 2, detections: 3, lastSeen: 3),
                LabelProgress(kind: "apriltag", label: "tag36h11:3", id: 3, frames: 1, detections: 1, lastSeen: 2),
                LabelProgress(kind: "other", label: "tag36h11:7", id: 7, frames: 1, detections: 1, lastSeen: 3),
            ])
    }

    @Test("labels without end fill neither memory nor messages")
    func bounded() {
        var counter = DetectionCounter()
        for id in 0..<1000 { counter.count([Self.tag(id)], captured: 0) }
        #expect(counter.progress.labels.count == DetectionProgress.labelLimit)
        #expect(counter.progress.unlisted == 1000 - UInt64(DetectionProgress.labelLimit))
        #expect(counter.progress.detections == 1000)
        var long = Self.tag(1)
        long.label = String(repeating: "é", count: 5000)
        var other = DetectionCounter()
        other.count([long, long], captured: 0)
        #expect(other.progress.labels.map(\.label) == [String(repeating: "é", count: 32)])
        #expect(other.progress.labels.map(\.frames) == [1])
    }

    @Test("a tap counts frames that passed a detecting stage, and no others")
    func throughTap() {
        let tap = StreamTap(
            id: "t", attachPoint: "n", index: 0, defaults: .asIs, fps: nil, encoders: EncoderPool(threads: 1))
        tap.offer(TestFrame.gray())
        #expect(tap.progress.detections == nil)
        tap.offer(TestFrame.gray().with(detections: []))
        tap.offer(TestFrame.gray().with(detections: [Self.tag(7)]))
        #expect(tap.progress.frames == 3)
        #expect(tap.progress.detections?.frames == 2)
        #expect(tap.progress.detections?.framesWithDetections == 1)
    }
}
