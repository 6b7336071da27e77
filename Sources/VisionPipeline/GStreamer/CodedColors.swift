/// What parameter sets say of colours, one after the other: the pictures in a decoder may be of other ones than the newest.
struct CodedColors {
    /// More than are on their way through a decoder.
    private static let mostKept = 32

    /// How often it has changed since the first picture.
    private(set) var change = 0
    private(set) var newest: CodedColor?
    private var hasPictures = false
    /// By the number of changes before, and when the first of its pictures is shown.
    private var earlier: [Int: CodedColor] = [:]
    private var begins: [Int: UInt64] = [:]

    /// A parameter set has come, or caps that say nothing.
    mutating func note(_ color: CodedColor?) {
        guard hasPictures else {
            newest = color
            return
        }
        // What nobody says of changed colours is the usual; of unchanged ones caps may know more.
        let usual = CodedColor(isFullRange: false)
        guard color ?? usual != newest ?? usual else { return }
        earlier[change] = newest ?? usual
        change += 1
        (earlier[change - Self.mostKept], begins[change - Self.mostKept]) = (nil, nil)
        newest = color ?? usual
    }

    /// A picture goes into the decoder.
    ///
    /// - Parameter time: its timestamp; `UInt64.max`: none.
    /// - Returns: how often colours had changed before it.
    mutating func enter(at time: UInt64) -> Int {
        hasPictures = true
        if change > 0, time != .max, begins[change] == nil { begins[change] = time }
        return change
    }

    /// Of a picture that came after so many changes.
    func color(after change: Int) -> CodedColor? { change == self.change ? newest : earlier[change] }

    /// Of a picture that says nothing: the decoder may have made the first one anew behind a change.
    func color(at time: UInt64) -> CodedColor? {
        let latest = begins.filter { $0.value <= time }.keys.max()
        return time == .max ? newest : color(after: latest ?? 0)
    }
}
