import NIOCore
import WorkerLink

/// H.264 as an MP4 file without an end: a header, and then a fragment for each access unit (ISO/IEC 14496-12 and -15).
///
/// Times are those of the camera; pictures that are decoded before others that are shown earlier have their offsets.
struct FragmentedMP4 {
    /// Ticks a second.
    private static let timescale: Int64 = 90_000
    /// H.264, table 7-1.
    private enum UnitType { static let sequenceSet: UInt8 = 7, pictureSet: UInt8 = 8, delimiter: UInt8 = 9 }

    /// What stands before the first fragment.
    let head: ByteBuffer
    private let sequenceSet: [UInt8]
    private var number: UInt32 = 0
    /// Of the unit before: when it is shown, by its source, and when it was captured; nanoseconds.
    private var last: (shown: Int64, captured: Int64)?
    /// Of the file behind the source's time, ticks.
    private var shift: Int64 = 0
    /// Of the unit before, ticks.
    private var decoded: Int64 = -1

    /// - Parameter unit: with a keyframe's parameter sets.
    /// - Returns: nil for any other.
    init?(beginningWith unit: ReceivedUnit) {
        guard unit.header.coding == .h264 else { return nil }
        let sets = unit.bytes.withUnsafeReadableBytes { bytes in
            ByteStream(bytes: bytes).map { Array(bytes[$0]) }
        }
        guard let sequenceSet = sets.first(where: { $0[0] & 31 == UnitType.sequenceSet }), sequenceSet.count > 4,
            let pictureSet = sets.first(where: { $0[0] & 31 == UnitType.pictureSet })
        else { return nil }
        self.sequenceSet = sequenceSet
        head = Self.head(sequenceSet, pictureSet, width: unit.header.width, height: unit.header.height)
    }

    /// - Returns: nil where the video is another one from here on, which needs another header.
    mutating func fragment(of unit: ReceivedUnit) -> ByteBuffer? {
        guard unit.header.coding == .h264 else { return nil }
        var media = ByteBuffer()
        var isAnother = false
        unit.bytes.withUnsafeReadableBytes { bytes in
            media.reserveCapacity(bytes.count + 64)
            for range in ByteStream(bytes: bytes) {
                switch bytes[range.lowerBound] & 31 {
                case UnitType.sequenceSet: isAnother = isAnother || !bytes[range].elementsEqual(sequenceSet)
                case UnitType.pictureSet, UnitType.delimiter: break
                default:
                    media.writeInteger(UInt32(range.count))
                    media.writeBytes(bytes[range])
                }
            }
        }
        guard !isAnother else { return nil }
        let (time, offset, duration) = times(of: unit)
        number += 1
        let fragment = Self.box("moof") { moof in
            Self.write("mfhd", version: 0, to: &moof) { $0.writeInteger(number) }
            Self.write("traf", to: &moof) { traf in
                // The base of all offsets is the fragment itself.
                Self.write("tfhd", version: 0, flags: 0x02_0000, to: &traf) { $0.writeInteger(UInt32(1)) }
                Self.write("tfdt", version: 1, to: &traf) { $0.writeInteger(UInt64(time)) }
                // Of one sample: offset of its data, duration, size, flags, and when it is shown behind that.
                Self.write("trun", version: 1, flags: 0x0F01, to: &traf) { run in
                    run.writeInteger(UInt32(1))
                    run.writeInteger(UInt32(Self.fragmentHeaderLength + 8))
                    run.writeInteger(UInt32(clamping: duration))
                    run.writeInteger(UInt32(media.readableBytes))
                    run.writeInteger(UInt32(unit.header.isKey ? 0x0200_0000 : 0x0101_0000))
                    run.writeInteger(Int32(clamping: offset))
                }
            }
        }
        var whole = fragment
        whole.writeInteger(UInt32(8 + media.readableBytes))
        whole.writeString("mdat")
        whole.writeBuffer(&media)
        return whole
    }

    /// Bytes of a `moof` with one sample: 8, mfhd 16, traf 8, tfhd 16, tfdt 20, trun 36.
    private static let fragmentHeaderLength = 104

    /// - Returns: ticks: when it is decoded, from the first one on, how much later it is shown, and the time to the next.
    private mutating func times(of unit: ReceivedUnit) -> (decoded: Int64, offset: Int64, duration: Int64) {
        let shown = unit.header.shown ?? unit.header.captured
        if let last {
            // A worker that takes another's place counts anew, and cameras set their clocks: the file goes on behind what it has.
            let step = shown &- last.shown
            let took = unit.header.captured &- last.captured
            if (step &- took).magnitude > Self.tolerance { shift = decoded + Self.usual - Self.ticks(shown) }
        } else {
            shift = -Self.ticks(shown)
        }
        last = (shown, unit.header.captured)
        let time = Self.ticks(shown) + shift
        // One that is shown before others that came before it is decoded in its turn all the same.
        let turn = max(time, decoded + 1)
        let interval = decoded < 0 ? Self.usual : turn - decoded
        decoded = turn
        return (turn, time - turn, interval)
    }

    private static func ticks(_ nanoseconds: Int64) -> Int64 { nanoseconds / 1000 * timescale / 1_000_000 }

    /// Ticks from one picture to the next, where there were not two yet.
    private static let usual = timescale / 30
    /// How far a source's time and this machine's may be apart from one picture to the next, nanoseconds.
    private static let tolerance: UInt64 = 1_000_000_000

    // MARK: Boxes

    private static func head(
        _ sequenceSet: [UInt8], _ pictureSet: [UInt8], width: Int, height: Int
    ) -> ByteBuffer {
        var head = box("ftyp") { $0.writeString("iso5\0\0\0\u{1}iso5iso6avc1mp41") }
        write("moov", to: &head) { moov in
            write("mvhd", version: 0, to: &moov) { box in
                box.writeRepeatingByte(0, count: 8)
                box.writeInteger(UInt32(timescale))
                box.writeInteger(UInt32(0))
                box.writeInteger(UInt32(0x0001_0000))
                box.writeInteger(UInt16(0x0100))
                box.writeRepeatingByte(0, count: 10)
                writeMatrix(to: &box)
                box.writeRepeatingByte(0, count: 24)
                box.writeInteger(UInt32(2))
            }
            write("trak", to: &moov) { track in
                write("tkhd", version: 0, flags: 3, to: &track) { box in
                    box.writeRepeatingByte(0, count: 8)
                    box.writeInteger(UInt32(1))
                    box.writeRepeatingByte(0, count: 24)
                    writeMatrix(to: &box)
                    box.writeInteger(UInt32(clamping: width) << 16)
                    box.writeInteger(UInt32(clamping: height) << 16)
                }
                write("mdia", to: &track) { media in
                    write("mdhd", version: 0, to: &media) { box in
                        box.writeRepeatingByte(0, count: 8)
                        box.writeInteger(UInt32(timescale))
                        box.writeInteger(UInt32(0))
                        box.writeInteger(UInt16(0x55C4))
                        box.writeInteger(UInt16(0))
                    }
                    write("hdlr", version: 0, to: &media) { box in
                        box.writeInteger(UInt32(0))
                        box.writeString("vide")
                        box.writeRepeatingByte(0, count: 12)
                        box.writeString("video\0")
                    }
                    write("minf", to: &media) { info in
                        write("vmhd", version: 0, flags: 1, to: &info) { $0.writeRepeatingByte(0, count: 8) }
                        write("dinf", to: &info) { data in
                            write("dref", version: 0, to: &data) { references in
                                references.writeInteger(UInt32(1))
                                write("url ", version: 0, flags: 1, to: &references) { _ in }
                            }
                        }
                        write("stbl", to: &info) { table in
                            write("stsd", version: 0, to: &table) { entries in
                                entries.writeInteger(UInt32(1))
                                writeEntry(sequenceSet, pictureSet, width, height, to: &entries)
                            }
                            for name in ["stts", "stsc", "stco"] {
                                write(name, version: 0, to: &table) { $0.writeInteger(UInt32(0)) }
                            }
                            write("stsz", version: 0, to: &table) { $0.writeRepeatingByte(0, count: 8) }
                        }
                    }
                }
            }
            write("mvex", to: &moov) { extends in
                write("trex", version: 0, to: &extends) { box in
                    box.writeInteger(UInt32(1))
                    box.writeInteger(UInt32(1))
                    box.writeRepeatingByte(0, count: 12)
                }
            }
        }
        return head
    }

    /// `avc1` with its `avcC` (ISO/IEC 14496-15, 5.3.3).
    private static func writeEntry(
        _ sequenceSet: [UInt8], _ pictureSet: [UInt8], _ width: Int, _ height: Int, to buffer: inout ByteBuffer
    ) {
        write("avc1", to: &buffer) { box in
            box.writeRepeatingByte(0, count: 6)
            box.writeInteger(UInt16(1))
            box.writeRepeatingByte(0, count: 16)
            box.writeInteger(UInt16(clamping: width))
            box.writeInteger(UInt16(clamping: height))
            // 72 dots an inch, twice.
            box.writeInteger(UInt32(0x0048_0000))
            box.writeInteger(UInt32(0x0048_0000))
            box.writeInteger(UInt32(0))
            box.writeInteger(UInt16(1))
            box.writeRepeatingByte(0, count: 32)
            box.writeInteger(UInt16(24))
            box.writeInteger(Int16(-1))
            write("avcC", to: &box) { configuration in
                configuration.writeInteger(UInt8(1))
                configuration.writeBytes(sequenceSet[1...3])
                // Lengths of four bytes; one set of each kind.
                configuration.writeBytes([0xFF, 0xE1])
                configuration.writeInteger(UInt16(clamping: sequenceSet.count))
                configuration.writeBytes(sequenceSet)
                configuration.writeInteger(UInt8(1))
                configuration.writeInteger(UInt16(clamping: pictureSet.count))
                configuration.writeBytes(pictureSet)
            }
        }
    }

    private static func writeMatrix(to buffer: inout ByteBuffer) {
        for value: UInt32 in [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] { buffer.writeInteger(value) }
    }

    private static func box(_ name: String, _ fill: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        write(name, to: &buffer, fill)
        return buffer
    }

    private static func write(_ name: String, to buffer: inout ByteBuffer, _ fill: (inout ByteBuffer) -> Void) {
        let start = buffer.writerIndex
        buffer.writeInteger(UInt32(0))
        buffer.writeString(name)
        fill(&buffer)
        buffer.setInteger(UInt32(buffer.writerIndex - start), at: start)
    }

    private static func write(
        _ name: String, version: UInt8, flags: UInt32 = 0, to buffer: inout ByteBuffer,
        _ fill: (inout ByteBuffer) -> Void
    ) {
        write(name, to: &buffer) { box in
            box.writeInteger(UInt32(version) << 24 | flags)
            fill(&box)
        }
    }
}
