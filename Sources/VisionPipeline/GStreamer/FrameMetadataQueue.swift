internal import Synchronization

/// Remembers what is known of frames while their pictures pass through GStreamer elements, by timestamp: the newest 256.
final class FrameMetadataQueue: Sendable {
    struct Entry {
        /// In the branch.
        var time: UInt64
        /// Of the frame.
        var reading: FrameClock.Reading
        var isDamaged: Bool
        var width: Int
        var height: Int
        var pixelAspect = PixelAspect.square
        var detections: [Detection]?
    }

    /// More than encoders hold back.
    private static let capacity = 256
    /// How far a timestamp may be moved on the way: containers write milliseconds.
    private static let tolerance: UInt64 = 2_000_000

    private let entries = Mutex(History<Entry>(capacity: FrameMetadataQueue.capacity))

    func record(_ frame: Frame, at time: UInt64) {
        let entry = Entry(
            time: time,
            reading: FrameClock.Reading(time: frame.time, epoch: frame.epoch, captured: frame.captured),
            isDamaged: frame.isDamaged, width: frame.width, height: frame.height,
            pixelAspect: frame.pixelAspect, detections: frame.detections)
        _ = entries.withLock { $0.append(entry) }
    }

    /// What was recorded at a time, or next to it.
    func entry(at time: UInt64) -> Entry? {
        func distance(_ entry: Entry) -> UInt64 { entry.time > time ? entry.time - time : time - entry.time }
        return entries.withLock { entries in
            var best: Entry?
            for entry in entries.elements where distance(entry) <= Self.tolerance {
                if best.map({ distance(entry) < distance($0) }) ?? true { best = entry }
            }
            return best
        }
    }
}

extension FrameMetadataQueue.Entry {
    /// Of a picture that came out at a time of the branch: of this frame, or made between this one and the next.
    func reading(at time: UInt64) -> FrameClock.Reading {
        guard time != self.time else { return reading }
        let later = Int64(clamping: time) &- Int64(clamping: self.time)
        var reading = reading
        reading.time = reading.time &+ later
        reading.captured = reading.captured &+ later
        return reading
    }

    /// The detections in a picture of another size; nil where that shows something else than the whole picture.
    ///
    /// - Parameter pixelAspect: of the new picture. A scaler that may not bend pixels pads what is too narrow, and nobody says
    ///   where.
    func detections(width: Int, height: Int, pixelAspect: PixelAspect = .square) -> [Detection]? {
        guard let detections, self.width > 0, self.height > 0,
            (width, height, pixelAspect) != (self.width, self.height, self.pixelAspect)
        else { return self.detections }
        let (x, y) = (Double(width) / Double(self.width), Double(height) / Double(self.height))
        // Sizes are whole, and some even: two pixels more or less are no border.
        guard abs(x * pixelAspect.ratio / self.pixelAspect.ratio - y) * Double(max(self.width, self.height)) <= 2 else {
            return nil
        }
        return detections.map { $0.moved { point in Detection.Point(x: point.x * x, y: point.y * y) } }
    }
}
