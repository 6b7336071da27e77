/// The fixed part of an RTP packet (RFC 3550, 5.1 and 5.3.1), as far as one needs it to find what is carried.
enum RTPPacket {
    /// What the packet carries; nil for what is no such packet, or carries nothing.
    static func payload(of packet: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard packet.count > 12, packet[0] >> 6 == 2 else { return nil }
        var start = 12 + 4 * Int(packet[0] & 0x0F)
        if packet[0] & 0x10 != 0 {
            guard packet.count >= start + 4 else { return nil }
            start += 4 + 4 * (Int(packet[start + 2]) << 8 | Int(packet[start + 3]))
        }
        var end = packet.count
        if packet[0] & 0x20 != 0 { end -= Int(packet[end - 1]) }
        return start < end ? UnsafeRawBufferPointer(rebasing: packet[start..<end]) : nil
    }

    /// In units of the stream's clock; nil for what is no such packet.
    static func timestamp(of packet: UnsafeRawBufferPointer) -> UInt32? {
        guard packet.count >= 12, packet[0] >> 6 == 2 else { return nil }
        return packet[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
