import NIOCore
import WorkerLink

/// H.264 or H.265 as an MP4 file without an end: a header, and then a fragment for each access unit (ISO/IEC 14496-12 and -15).
///
/// Times are those of the camera; pictures that are decoded before others that are shown earlier have their offsets.
struct FragmentedMP4 {
    /// Ticks a second.
    static let timescale: Int64 = 90_000

    /// What stands before the first fragment.
    let head: ByteBuffer
    private let parameterSets: ParameterSets
    private var number: UInt32 = 0
    /// Of the unit before: when it is shown, by its source, and when it was captured; nanoseconds.
    private var last: (shown: Int64, captured: Int64)?
    /// Of the file behind the source's time, ticks.
    private var shift: Int64 = 0
    /// Of the unit before, ticks.
    private var decoded: Int64 = -1

    /// - Parameter unit: a keyframe.
    /// - Returns: nil for any other, and for one without parameter sets.
    init?(beginningWith unit: SharedUnit) {
        guard let sets = unit.parameterSets else { return nil }
        parameterSets = sets
        head = MP4Head.make(sets, unit.coding, width: unit.width, height: unit.height)
    }

    /// What stands before the unit's sample.
    ///
    /// - Parameter sampleLength: bytes.
    /// - Returns: nil where the video is another one from here on, which needs another header.
    mutating func fragmentHead(of unit: SharedUnit, sampleLength: Int) -> ByteBuffer? {
        if let sets = unit.parameterSets, !sets.areOfSameVideo(as: parameterSets) { return nil }
        let (time, offset, duration) = times(of: unit)
        number &+= 1
        var fragment = MP4Box.make("moof") { moof in
            MP4Box.write("mfhd", version: 0, to: &moof) { $0.writeInteger(number) }
            MP4Box.write("traf", to: &moof) { traf in
                // The base of all offsets is the fragment itself.
                MP4Box.write("tfhd", version: 0, flags: 0x02_0000, to: &traf) { $0.writeInteger(UInt32(1)) }
                MP4Box.write("tfdt", version: 1, to: &traf) { $0.writeInteger(UInt64(clamping: time)) }
                // Of one sample: offset of its data, duration, size, flags, and when it is shown behind that.
                MP4Box.write("trun", version: 1, flags: 0x0F01, to: &traf) { run in
                    run.writeInteger(UInt32(1))
                    run.writeInteger(UInt32(Self.fragmentHeaderLength + 8))
                    run.writeInteger(UInt32(clamping: duration))
                    run.writeInteger(UInt32(clamping: sampleLength))
                    run.writeInteger(UInt32(unit.isKey ? 0x0200_0000 : 0x0101_0000))
                    run.writeInteger(Int32(clamping: offset))
                }
            }
        }
        fragment.writeInteger(UInt32(clamping: 8 + sampleLength))
        fragment.writeString("mdat")
        return fragment
    }

    /// Bytes of a `moof` with one sample: 8, mfhd 16, traf 8, tfhd 16, tfdt 20, trun 36.
    private static let fragmentHeaderLength = 104

    /// - Returns: ticks: when it is decoded, from the first one on, how much later it is shown, and the time to the next.
    private mutating func times(of unit: SharedUnit) -> (decoded: Int64, offset: Int64, duration: Int64) {
        let shown = unit.shown
        if let last {
            // A worker that takes another's place counts anew, and cameras set their clocks: the file goes on behind what it has.
            let step = shown &- last.shown
            let took = unit.captured &- last.captured
            if (step &- took).magnitude > Self.tolerance { shift = decoded &+ Self.usual &- Self.ticks(shown) }
        } else {
            shift = 0 &- Self.ticks(shown)
        }
        last = (shown, unit.captured)
        let time = Self.ticks(shown) &+ shift
        // One that is shown before others that came before it is decoded in its turn all the same.
        let turn = max(time, decoded &+ 1)
        let interval = decoded < 0 ? Self.usual : turn &- decoded
        decoded = turn
        return (turn, time &- turn, interval)
    }

    /// Whatever a worker says: nothing of it overflows.
    private static func ticks(_ nanoseconds: Int64) -> Int64 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return seconds &* timescale &+ rest * timescale / 1_000_000_000
    }

    /// Ticks from one picture to the next, where there were not two yet.
    private static let usual = timescale / 30
    /// How far a source's time and this machine's may be apart from one picture to the next, nanoseconds.
    private static let tolerance: UInt64 = 1_000_000_000
}
