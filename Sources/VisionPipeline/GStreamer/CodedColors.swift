/// What parameter sets say of colours, one after the other: the pictures in a decoder may be of other ones than the newest.
///
/// A picture that goes in is marked with the number of changes before it. Once one of the newest colours has come out none of older ones
/// comes any more, since sets take effect with pictures that none is shown behind which was sent before: from then on marks are not needed,
/// up to the next change.
struct CodedColors {
    /// More than are on their way through a decoder.
    private static let mostKept = 32

    /// Pictures of the same colours.
    private struct Stretch {
        var color: CodedColor?
        /// When the first of them is shown, nanoseconds; nil: nobody knows.
        var begin: UInt64?
    }

    /// How often it has changed since the first picture.
    private var change = 0
    private(set) var newest: CodedColor?
    private var begin: UInt64?
    private var hasPictures = false
    private var earlier = History<Stretch>(capacity: Self.mostKept)
    /// How many changes a picture without a mark has before it.
    private var unmarked = 0

    /// A parameter set has come, or caps that say nothing.
    mutating func note(_ color: CodedColor?) {
        guard hasPictures else {
            newest = color
            return
        }
        // What nobody says of changed colours is the usual; of unchanged ones caps may know more.
        let usual = CodedColor(isFullRange: false)
        guard color ?? usual != newest ?? usual else { return }
        earlier.append(Stretch(color: newest, begin: begin))
        change += 1
        (newest, begin) = (color ?? usual, nil)
    }

    /// A picture goes into the decoder.
    ///
    /// - Parameter time: its timestamp; `UInt64.max`: none.
    /// - Returns: the mark that it needs.
    mutating func enter(at time: UInt64) -> Int? {
        hasPictures = true
        if begin == nil, time != .max { begin = time }
        return change == unmarked ? nil : change
    }

    /// A picture comes out of a decoder that keeps marks.
    ///
    /// - Returns: its colours; nil: those that are in force.
    mutating func leave(mark: Int?) -> CodedColor? {
        let number = mark ?? unmarked
        guard number != change else {
            unmarked = change
            return newest
        }
        let back = change - number - 1
        return earlier.elements.indices.contains(back) ? earlier[back: back].color : nil
    }

    /// Of a picture that comes out of a decoder that keeps none; nil: those that are in force.
    func color(at time: UInt64) -> CodedColor? {
        guard time != .max, change > 0 else { return newest }
        if let begin, begin <= time { return newest }
        for back in earlier.elements.indices {
            if let begin = earlier[back: back].begin, begin <= time { return earlier[back: back].color }
        }
        return nil
    }
}
