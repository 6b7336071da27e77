internal import Foundation
internal import WorkerLink

/// The one thread that writes the link.
enum LinkWriter {
    static func start(_ link: LinkDescriptor, _ outbox: LinkOutbox) {
        DetachedThread.start(name: "link-writer") {
            while let item = outbox.next() {
                guard write(item, to: link) else { break }
            }
            outbox.finish()
        }
    }

    private static func write(_ item: LinkOutbox.Item, to link: LinkDescriptor) -> Bool {
        switch item {
        case .control(let message):
            return message.withUnsafeBytes { link.write([$0]) }
        case .unit(let header, let unit):
            return unit.withBytes { bytes in
                guard let prefix = try? UnitCodec.prefix(of: header, length: bytes.count) else { return true }
                return prefix.withUnsafeBytes { link.write([$0, bytes]) }
            } ?? true
        case .frame(let frame):
            do throws(LinkError) {
                let prefix = try FrameCodec.prefix(of: frame)
                return prefix.withUnsafeBytes { prefix in
                    frame.detections.withUnsafeBytes { detections in
                        frame.jpeg.withUnsafeBytes { link.write([prefix, detections, $0]) }
                    }
                }
            } catch {
                // Better no picture than no link.
                Log.write("a picture is left out: \(error)")
                return true
            }
        }
    }
}
