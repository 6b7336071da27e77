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
    /// GST_DP_PAYLOAD_BUFFER
    private static let buffer: UInt8 = 1

    var packets: Int { pieces.count { $0.isPacket } }

    /// The path of a file without those packets; the first few come always, else there is no stream at all.
    func written(to folder: TemporaryDirectory, _ name: String, without isLost: (_ packet: Int) -> Bool) throws
        -> String
    {
        let path = folder.path + "/" + name
        var (bytes, number) = (Data(), 0)
        for piece in pieces {
            defer { number += piece.isPacket ? 1 : 0 }
            if !piece.isPacket || !isLost(number) { bytes += piece.bytes }
        }
        try bytes.write(to: URL(filePath: path))
        return path
    }

    /// The times of pictures that nothing is missing of, nor of those that they can refer to, microseconds behind the first: from a
    /// keyframe without a gap before it to some pictures before the next gap, which the decoder may hold when it comes.
    func soundTimes(without isLost: (_ packet: Int) -> Bool) -> Set<Int64> {
        var pictures: [(time: UInt64, isKey: Bool, isWhole: Bool)] = []
        var isBehindGap = false
        for (number, packet) in pieces.lazy.filter(\.isPacket).enumerated() {
            let bytes = [UInt8](packet.bytes)
            let time = bytes[10..<18].reduce(0) { $0 << 8 | UInt64($1) }
            if pictures.last?.time != time { pictures.append((time, false, !isBehindGap)) }
            // GST_BUFFER_FLAG_DELTA_UNIT
            if bytes[42] & 0x20 == 0 { pictures[pictures.count - 1].isKey = true }
            isBehindGap = isLost(number)
            if isBehindGap { pictures[pictures.count - 1].isWhole = false }
        }
        let first = pictures.map(\.time).min() ?? 0
        var (sound, run): ([UInt64], [UInt64]) = ([], [])
        for picture in pictures {
            if !picture.isWhole {
                sound += run.dropLast(Self.mostHeld)
                run = []
            } else if picture.isKey || !run.isEmpty {
                // Those shown before the keyframe may refer to what was before it.
                run.append(picture.isKey ? picture.time : max(picture.time, run[0]))
            }
        }
        return Set((sound + run).map { Int64($0 - first) / 1000 })
    }

    /// By a decoder, of pictures.
    private static let mostHeld = 8
}
