import NIOCore
import WorkerLink

/// What an MP4 file with one video track begins with (ISO/IEC 14496-12, 8).
enum MP4Head {
    static func make(_ sets: ParameterSets, _ coding: VideoCoding, width: Int, height: Int) -> ByteBuffer {
        var head = MP4Box.make("ftyp") { $0.writeString("iso5\0\0\0\u{1}iso5iso6mp41") }
        MP4Box.write("moov", to: &head) { moov in
            MP4Box.write("mvhd", version: 0, to: &moov) { box in
                box.writeRepeatingByte(0, count: 8)
                box.writeInteger(UInt32(FragmentedMP4.timescale))
                box.writeInteger(UInt32(0))
                box.writeInteger(UInt32(0x0001_0000))
                box.writeInteger(UInt16(0x0100))
                box.writeRepeatingByte(0, count: 10)
                writeMatrix(to: &box)
                box.writeRepeatingByte(0, count: 24)
                box.writeInteger(UInt32(2))
            }
            MP4Box.write("trak", to: &moov) { track in
                MP4Box.write("tkhd", version: 0, flags: 3, to: &track) { box in
                    box.writeRepeatingByte(0, count: 8)
                    box.writeInteger(UInt32(1))
                    box.writeRepeatingByte(0, count: 24)
                    writeMatrix(to: &box)
                    box.writeInteger(UInt32(clamping: width) << 16)
                    box.writeInteger(UInt32(clamping: height) << 16)
                }
                MP4Box.write("mdia", to: &track) { media in
                    MP4Box.write("mdhd", version: 0, to: &media) { box in
                        box.writeRepeatingByte(0, count: 8)
                        box.writeInteger(UInt32(FragmentedMP4.timescale))
                        box.writeInteger(UInt32(0))
                        box.writeInteger(UInt16(0x55C4))
                        box.writeInteger(UInt16(0))
                    }
                    MP4Box.write("hdlr", version: 0, to: &media) { box in
                        box.writeInteger(UInt32(0))
                        box.writeString("vide")
                        box.writeRepeatingByte(0, count: 12)
                        box.writeString("video\0")
                    }
                    MP4Box.write("minf", to: &media) { info in
                        MP4Box.write("vmhd", version: 0, flags: 1, to: &info) { $0.writeRepeatingByte(0, count: 8) }
                        MP4Box.write("dinf", to: &info) { data in
                            MP4Box.write("dref", version: 0, to: &data) { references in
                                references.writeInteger(UInt32(1))
                                MP4Box.write("url ", version: 0, flags: 1, to: &references) { _ in }
                            }
                        }
                        MP4Box.write("stbl", to: &info) { table in
                            MP4Box.write("stsd", version: 0, to: &table) { entries in
                                entries.writeInteger(UInt32(1))
                                writeEntry(sets, coding, width, height, to: &entries)
                            }
                            for name in ["stts", "stsc", "stco"] {
                                MP4Box.write(name, version: 0, to: &table) { $0.writeInteger(UInt32(0)) }
                            }
                            MP4Box.write("stsz", version: 0, to: &table) { $0.writeRepeatingByte(0, count: 8) }
                        }
                    }
                }
            }
            MP4Box.write("mvex", to: &moov) { extends in
                MP4Box.write("trex", version: 0, to: &extends) { box in
                    box.writeInteger(UInt32(1))
                    box.writeInteger(UInt32(1))
                    box.writeRepeatingByte(0, count: 12)
                }
            }
        }
        return head
    }

    /// `avc1` or `hvc1` (ISO/IEC 14496-15, 5.3.4 and 8.4.1): parameter sets stand here and nowhere else.
    private static func writeEntry(
        _ sets: ParameterSets, _ coding: VideoCoding, _ width: Int, _ height: Int, to buffer: inout ByteBuffer
    ) {
        MP4Box.write(coding == .h264 ? "avc1" : "hvc1", to: &buffer) { box in
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
            switch coding {
            case .h264: MP4Box.write("avcC", to: &box) { writeH264(sets, to: &$0) }
            case .h265: MP4Box.write("hvcC", to: &box) { writeH265(sets, to: &$0) }
            }
        }
    }

    /// ISO/IEC 14496-15, 5.3.3.
    private static func writeH264(_ sets: ParameterSets, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(1))
        buffer.writeBytes(sets.sequence[0][1...3])
        // Lengths of four bytes.
        buffer.writeInteger(UInt8(0xFF))
        buffer.writeInteger(0xE0 | UInt8(clamping: min(sets.sequence.count, 31)))
        for set in sets.sequence.prefix(31) { write(set, to: &buffer) }
        buffer.writeInteger(UInt8(clamping: sets.picture.count))
        for set in sets.picture.prefix(255) { write(set, to: &buffer) }
    }

    /// ISO/IEC 14496-15, 8.3.3. What decoders read from the sets themselves, and that says nothing here: segmentation, parallelism, rate.
    /// For sampling and depth stands what almost all cameras send, 4:2:0 of 8 bits, or of 10 where the profile is Main 10.
    private static func writeH265(_ sets: ParameterSets, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(1))
        buffer.writeBytes(sets.profileTierLevel)
        let depth: UInt8 = (sets.profileTierLevel.first ?? 0) & 31 == 2 ? 2 : 0
        buffer.writeBytes([0xF0, 0, 0xFC, 0xFC | 1, 0xF8 | depth, 0xF8 | depth, 0, 0])
        // One layer of time, nested; lengths of four bytes; three arrays.
        buffer.writeBytes([0x0F, 3])
        for (type, all) in [(32, sets.video), (33, sets.sequence), (34, sets.picture)] as [(UInt8, [[UInt8]])] {
            buffer.writeInteger(0x80 | type)
            buffer.writeInteger(UInt16(clamping: all.count))
            for set in all { write(set, to: &buffer) }
        }
    }

    private static func write(_ set: [UInt8], to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt16(clamping: set.count))
        buffer.writeBytes(set)
    }

    private static func writeMatrix(to buffer: inout ByteBuffer) {
        for value: UInt32 in [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] { buffer.writeInteger(value) }
    }
}
