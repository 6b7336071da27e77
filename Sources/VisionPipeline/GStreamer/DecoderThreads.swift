internal import CGStreamer

/// Gives a libav decoder of video as many threads as its pictures are worth.
///
/// libav takes one for each core, and hands every picture from one to the other: at 720p that costs a quarter more processor time
/// than decoding alone (GStreamer 1.22, two cores), in each of what may be many cameras. One thread decodes several times as many
/// such pictures a second as cameras send. Larger ones are left to libav.
struct DecoderThreads {
    /// Pixels that one thread decodes with ease, on small machines too.
    private static let mostOfOne = 1280 * 736
    private static let property = "max-threads"

    /// Whether the number is to be chosen here: what the plan says stands. Nil: nobody has looked.
    private var isOurs: Bool?

    /// Before the decoder hears of the caps, since that is when it makes its threads.
    ///
    /// - Parameters:
    ///   - width: pixels, of the pictures to come; 0: nobody knows.
    ///   - height: pixels.
    mutating func choose(for decoder: UnsafeMutablePointer<GstElement>, width: Int, height: Int) {
        let isOurs = isOurs ?? (decoder.integer(Self.property) == 0)
        self.isOurs = isOurs
        guard isOurs else { return }
        decoder.set(Self.property, Self.count(width: width, height: height))
    }

    /// How many threads; 0: as many as libav likes.
    static func count(width: Int, height: Int) -> Int32 {
        guard width > 0, height > 0 else { return 0 }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        return !overflow && pixels <= mostOfOne ? 1 : 0
    }
}
