import Foundation
import TestSupport

/// The RTP packets of a film in a file, as `gdppay` writes them: each with its timestamp, as a camera's come out of rtspsrc.
struct PacketDump {
    /// Caps and events stand among the packets.
    private var pieces: [(isPacket: Bool, bytes: Data)] = []

    /// - Parameter line: a gst-launch line that ends in a payloader.
    init(of line: String) throws {
        let words = "-q \(line) ! gdppay ! fdsink".split(separator: " ").map(String.init)
        var rest = try Data(CodedVideo.output(of: "gst-launch-1.0", words))[...]
        while rest.count >= Self.header {
            let start = rest.startIndex
            let length = rest[start + 6..<start + 10].reduce(0) { $0 << 8 | Int($1) }
            let piece = rest.prefix(Self.header + length)
            pieces.append((piece[start + 5] == Self.buffer && piece[start + 4] == 0, piece))
            rest = rest.dropFirst(piece.count)
        }
    }

    private static let header = 62
    private static let rtpHeader = 12
    /// GST_DP_PAYLOAD_BUFFER
    private static let buffer: UInt8 = 1

    var packets: Int { pieces.count { $0.isPacket } }

    /// Each packet's timestamp, nanoseconds, and the packet.
    var rtp: [(time: UInt64, packet: [UInt8])] {
        pieces.filter(\.isPacket).map { piece in
            let bytes = [UInt8](piece.bytes)
            return (bytes[10..<18].reduce(0) { $0 << 8 | UInt64($1) }, Array(bytes[Self.header...]))
        }
    }

    /// The path of a file without those packets; the first few come always, else there is no stream at all.
    func written(to folder: TemporaryDirectory, _ name: String, without isLost: (_ packet: Int) -> Bool) throws
        -> String
    {
        try written(to: folder, name) { isLost($0) ? .lost : .whole }
    }

    /// What becomes of a packet on its way.
    enum Fate {
        case whole, lost
        /// It carries something else.
        case replaced([UInt8])
    }

    func written(to folder: TemporaryDirectory, _ name: String, _ fate: (_ packet: Int) -> Fate) throws -> String {
        let path = folder.path + "/" + name
        var (bytes, number) = (Data(), 0)
        for piece in pieces {
            defer { number += piece.isPacket ? 1 : 0 }
            switch piece.isPacket ? fate(number) : .whole {
            case .whole: bytes += piece.bytes
            case .lost: break
            case .replaced(let payload): bytes += Self.replacing(payload, in: piece.bytes)
            }
        }
        try bytes.write(to: URL(filePath: path))
        return path
    }

    /// The same packets, and before each further slice of a keyframe its parameter sets once more, as many senders put them. H.265.
    func repeatingSets() -> PacketDump {
        var (result, time, number): (PacketDump, UInt64, UInt16) = (self, .max, 0)
        var (sets, hasSlice): ([Data], Bool) = ([], false)
        result.pieces = pieces.flatMap { piece -> [(isPacket: Bool, bytes: Data)] in
            guard piece.isPacket else { return [piece] }
            let bytes = [UInt8](piece.bytes)
            let stamp = bytes[10..<18].reduce(0) { $0 << 8 | UInt64($1) }
            if stamp != time { (time, sets, hasSlice) = (stamp, [], false) }
            let payload = bytes[(Self.header + Self.rtpHeader)...]
            var packets = [piece]
            switch payload[payload.startIndex] >> 1 & 0x3F {
            case 32...34: sets.append(piece.bytes)
            // The beginning of a fragmented slice, or a whole one.
            case 49 where payload[payload.startIndex + 2] & 0x80 != 0, 0..<32:
                if hasSlice { packets = sets.map { (true, $0) } + packets }
                hasSlice = true
            default: break
            }
            return packets.map { packet in
                var bytes = [UInt8](packet.bytes)
                // No checksum of the header.
                bytes[2] = 0
                (bytes[Self.header + 2], bytes[Self.header + 3]) = (
                    UInt8(number >> 8), UInt8(truncatingIfNeeded: number)
                )
                number &+= 1
                return (true, Data(bytes))
            }
        }
        return result
    }

    private static func replacing(_ payload: [UInt8], in piece: Data) -> Data {
        var packet = [UInt8](piece.prefix(header + rtpHeader))
        // No checksum of the header.
        packet[2] = 0
        let length = rtpHeader + payload.count
        for index in 0..<4 { packet[6 + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        return Data(packet + payload)
    }

    /// The number of the first packet of each picture that is of a sequence parameter set of H.264 or H.265.
    var sequenceSets: [Int] {
        var (sets, newest): ([Int], [UInt8]) = ([], [])
        for (number, packet) in pieces.lazy.filter(\.isPacket).enumerated() {
            let time = [UInt8](packet.bytes.dropFirst(10).prefix(8))
            guard time != newest, let header = packet.bytes.dropFirst(Self.header + Self.rtpHeader).first,
                [0x67, 0x42].contains(header)
            else { continue }
            sets.append(number)
            newest = time
        }
        return sets
    }

    /// The times of pictures that nothing is missing of, nor of those that they can refer to, microseconds behind the first: from a
    /// whole keyframe to some pictures before the next gap, which the decoder may hold when it comes.
    ///
    /// A depayloader may give a picture of which something is missing the timestamp of the next one, and that is not trusted.
    func soundTimes(without isLost: (_ packet: Int) -> Bool) -> Set<Int64> {
        var pictures: [(time: UInt64, isKey: Bool, lost: Int, packets: Int)] = []
        for (number, packet) in pieces.lazy.filter(\.isPacket).enumerated() {
            let bytes = [UInt8](packet.bytes)
            let time = bytes[10..<18].reduce(0) { $0 << 8 | UInt64($1) }
            if pictures.last?.time != time { pictures.append((time, false, 0, 0)) }
            let picture = pictures.count - 1
            // GST_BUFFER_FLAG_DELTA_UNIT
            if bytes[42] & 0x20 == 0 { pictures[picture].isKey = true }
            pictures[picture].packets += 1
            if isLost(number) { pictures[picture].lost += 1 }
        }
        let first = pictures.map(\.time).min() ?? 0
        var (sound, run): ([UInt64], [UInt64]) = ([], [])
        var isTrusted = true
        for picture in pictures {
            if picture.lost > 0 {
                sound += run.dropLast(Self.mostHeld)
                run = []
            } else if !isTrusted, run.isEmpty {
                // Of the one before a part has come.
            } else if picture.isKey || !run.isEmpty {
                // Those shown before the keyframe may refer to what was before it.
                run.append(picture.isKey ? picture.time : max(picture.time, run[0]))
            }
            if picture.lost < picture.packets { isTrusted = picture.lost == 0 }
        }
        return Set((sound + run).map { Int64($0 - first) / 1000 })
    }

    /// By a decoder, of pictures.
    private static let mostHeld = 8
}
