import NIOCore

/// Boxes, of which MP4 files are made: a length, four letters, and what is in it (ISO/IEC 14496-12, 4.2).
enum MP4Box {
    static func make(_ name: String, _ fill: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        write(name, to: &buffer, fill)
        return buffer
    }

    static func write(_ name: String, to buffer: inout ByteBuffer, _ fill: (inout ByteBuffer) -> Void) {
        let start = buffer.writerIndex
        buffer.writeInteger(UInt32(0))
        buffer.writeString(name)
        fill(&buffer)
        buffer.setInteger(UInt32(buffer.writerIndex - start), at: start)
    }

    static func write(
        _ name: String, version: UInt8, flags: UInt32 = 0, to buffer: inout ByteBuffer,
        _ fill: (inout ByteBuffer) -> Void
    ) {
        write(name, to: &buffer) { box in
            box.writeInteger(UInt32(version) << 24 | flags)
            fill(&box)
        }
    }
}
