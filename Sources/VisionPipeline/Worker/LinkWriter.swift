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
            return message.withUnsafeBytes { payload in
                write(.control, [payload], to: link)
            }
        case .frame(let frame):
            let header = FrameCodec.encode(frame.header, detectionsLength: frame.detections.count)
            return header.withUnsafeBytes { header in
                frame.detections.withUnsafeBytes { detections in
                    frame.jpeg.withUnsafeBytes { write(.frame, [header, detections, $0], to: link) }
                }
            }
        }
    }

    /// A message over its limit is left out: better no picture than no link.
    private static func write(_ type: LinkMessageType, _ parts: [UnsafeRawBufferPointer], to link: LinkDescriptor)
        -> Bool
    {
        let length = 1 + parts.reduce(0) { $0 + $1.count }
        guard length <= type.limit, let stated = UInt32(exactly: length) else {
            Log.write("a message of \(length) bytes is over the link's limit")
            return true
        }
        var head = (stated.littleEndian, type.rawValue)
        return withUnsafeBytes(of: &head) { link.write([UnsafeRawBufferPointer(rebasing: $0[..<5])] + parts) }
    }
}
