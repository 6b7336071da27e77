import Foundation
import NIOCore
import WorkerLink

/// What is seen in a tap's frame, and how often it was seen before.
struct DetectionsAnswer {
    /// A JSON object.
    let text: String

    private struct Head: Encodable {
        var tapID: String
        var instanceID: String
        var sequence: UInt64
        var capturedMicros: Int64
        var ageMilliseconds: Int
        var width: Int
        var height: Int
        /// Left out where it is not.
        var damaged: Bool?
        /// Left out of streams, which would say the same again and again.
        var counts: Counts?

        enum CodingKeys: String, CodingKey {
            case width, height, damaged, counts
            case tapID = "tap_id"
            case instanceID = "instance_id"
            case sequence = "seq"
            case capturedMicros = "captured_us"
            case ageMilliseconds = "age_ms"
        }
    }

    private struct Counts: Encodable {
        var frames: UInt64
        var framesWithDetections: UInt64
        var detectionRate: Double
        var detections: UInt64
        var unlisted: UInt64
        var labels: [Label]

        enum CodingKeys: String, CodingKey {
            case frames, detections, unlisted, labels
            case framesWithDetections = "frames_with_detections"
            case detectionRate = "detection_rate"
        }
    }

    private struct Label: Encodable {
        var kind: String
        var label: String
        var id: Int?
        var frames: UInt64
        var detectionRate: Double
        var detections: UInt64
        var lastSeenAgeMilliseconds: Int

        enum CodingKeys: String, CodingKey {
            case kind, label, id, frames, detections
            case detectionRate = "detection_rate"
            case lastSeenAgeMilliseconds = "last_seen_age_ms"
        }
    }

    init(_ frame: SharedFrame, instance: String, tap: String, counts: DetectionTotals? = nil) {
        let now = MonotonicClock.now()
        let head = Head(
            tapID: tap, instanceID: instance, sequence: frame.sequence,
            capturedMicros: CaptureTime.unixMicroseconds(frame.captured),
            ageMilliseconds: CaptureTime.ageMilliseconds(frame.captured, now: now), width: frame.width,
            height: frame.height, damaged: frame.isDamaged ? true : nil,
            counts: counts.map { Self.counts($0, now: now) })
        // The worker wrote the detections as JSON, in the pixels of this very picture.
        text = "\(JSONText.encode(head).dropLast()),\"detections\":\(String(buffer: frame.detections))}"
    }

    private static func counts(_ totals: DetectionTotals, now: Int64) -> Counts {
        Counts(
            frames: totals.frames, framesWithDetections: totals.framesWithDetections,
            detectionRate: rate(totals.framesWithDetections, of: totals.frames),
            detections: totals.detections, unlisted: totals.unlisted,
            labels: totals.labels.map { label in
                Label(
                    kind: label.kind, label: label.label, id: label.id, frames: label.frames,
                    detectionRate: rate(label.frames, of: totals.frames), detections: label.detections,
                    lastSeenAgeMilliseconds: CaptureTime.ageMilliseconds(label.lastSeen, now: now))
            })
    }

    /// A share of frames, 0…1.
    private static func rate(_ part: UInt64, of whole: UInt64) -> Double {
        guard whole > 0 else { return 0 }
        return (Double(part) / Double(whole) * 1e4).rounded() / 1e4
    }
}
