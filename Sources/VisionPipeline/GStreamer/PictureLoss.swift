/// Which of a decoder's pictures lack something that was lost on the way to it.
///
/// Decoders do not say: libav conceals what is missing, and flags only what comes before the first keyframe. What was lost shows in what
/// comes in. A gap spoils the picture behind it and all that refer to it, up to the next keyframe; where nobody knows the packets, a
/// keyframe with a gap before it is not trusted, since a part of its own may be what is missing. Where a decoder does not pass marks on (`PictureMark`), pictures are told by
/// their timestamps, since it gives them out later and in another order. Behind a loss that order is often wrong, and GStreamer then hands the timestamps out anew, in the order of
/// time: those that the decoder holds when something is lost are not trusted either.
struct PictureLoss {
    /// One that goes into a decoder.
    struct CodedPicture {
        /// Its timestamp; `UInt64.max`: none.
        var time: UInt64
        /// It refers to no other.
        var isKey: Bool
        /// Something before it, or of itself, is missing; or it is the first of a stretch.
        var isAfterGap: Bool
        /// Some of itself is missing, or may well be; nil where nobody knows: then a gap before it may be one of its own.
        var isIncomplete: Bool?
        /// A camera that sends no keyframes but refreshes its pictures bit by bit says when one is whole (H.264, D.2.8): so many pictures
        /// after this one.
        var recovery: Int?
    }

    /// More than decoders hold at a time.
    private static let mostHeld = 64

    /// Nothing has come yet; then what comes is the first of a stretch, whose beginning is no gap.
    private var isFirst = true
    private var isBeginning = true
    /// What comes is spoilt, for so long yet; nil: it is whole.
    private var patience: StreamPatience?
    /// Pictures until one is whole.
    private var recovery: Int?
    /// What is whole is so by the camera's word, whatever the decoder thinks of it.
    private var isRefreshed = false
    /// Of the first keyframe behind a loss: what is shown before it may refer to what was.
    private var wholeFrom: UInt64?
    /// Timestamps of the newest spoilt pictures.
    private var spoilt = History<UInt64>(capacity: Self.mostHeld)
    /// Of whole ones that have not come out.
    private var held: [UInt64] = []

    /// What comes now begins a stretch: its first picture is behind no gap.
    mutating func begin() {
        isBeginning = true
        // A film that plays once more has the same timestamps.
        spoilt.removeAll()
        held.removeAll(keepingCapacity: true)
    }

    /// - Returns: whether something of it, or of what it refers to, is missing.
    @discardableResult
    mutating func enter(_ picture: CodedPicture) -> Bool {
        judge(picture)
        let isLeading = wholeFrom.map { picture.time < $0 } ?? false
        if patience != nil || isLeading {
            spoilt.append(picture.time)
            return true
        }
        hold(picture.time)
        // Leading pictures come at once behind their keyframe.
        if picture.time != wholeFrom { wholeFrom = nil }
        return false
    }

    private mutating func judge(_ picture: CodedPicture) {
        defer { (isFirst, isBeginning) = (false, false) }
        let isBehindGap = picture.isAfterGap && !isBeginning
        let isIncomplete = picture.isIncomplete ?? isBehindGap
        let isGap = isIncomplete || isBehindGap
        let startsAmid = !picture.isKey && (isFirst || isBeginning && picture.isAfterGap)
        if isGap || startsAmid {
            patience = StreamPatience()
            (recovery, isRefreshed) = (nil, false)
            for time in held { spoilt.append(time) }
            held.removeAll(keepingCapacity: true)
        }
        guard patience != nil else { return }
        if picture.isKey, !isIncomplete {
            end(at: picture.time)
        } else if let left = recovery {
            recovery = left - 1
            if left <= 1 { refresh(at: picture.time) }
        } else if let pictures = picture.recovery, !isIncomplete {
            recovery = pictures
            if pictures == 0 { refresh(at: picture.time) }
        }
        if patience?.isOver(at: picture.time) == true { patience = nil }
    }

    private mutating func refresh(at time: UInt64) {
        end(at: time)
        isRefreshed = true
    }

    private mutating func end(at time: UInt64) {
        (patience, recovery) = (nil, nil)
        wholeFrom = time == .max ? nil : time
    }

    private mutating func hold(_ time: UInt64) {
        if held.count >= Self.mostHeld { held.removeFirst() }
        held.append(time)
    }

    /// - Parameters:
    ///   - time: the timestamp of a picture that came out.
    ///   - isFlagged: what the decoder says of it.
    ///   - isMarked: whether it is one that was spoilt when it went in; nil where only timestamps tell.
    mutating func isDamaged(at time: UInt64, isFlagged: Bool, isMarked: Bool? = nil) -> Bool {
        held.removeAll { $0 <= time }
        if let isMarked { return isMarked || isFlagged && !isRefreshed }
        if time == .max { return patience != nil || isFlagged && !isRefreshed }
        return spoilt.elements.contains(time) || isFlagged && !isRefreshed
    }
}
