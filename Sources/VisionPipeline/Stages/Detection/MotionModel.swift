/// What a scene looks like when nothing moves, learnt from a small gray picture, and what differs from it.
///
/// The background is a running mean of each cell. A change that the whole picture shares, as a lamp or a camera's
/// exposure makes it, is taken away first: it is the median of all differences.
struct MotionModel {
    let width: Int
    let height: Int
    /// Gray levels a cell must differ.
    var threshold: Double
    /// The share of each new picture that the background takes over.
    var learningRate: Double
    /// Cells that do not count.
    private let isMasked: [Bool]
    private var background: [Float] = []
    private var differences: [Float]
    private var histogram = [Int](repeating: 0, count: 511)

    /// - Parameter isMasked: one a cell, row by row; empty: every cell counts.
    init(width: Int, height: Int, threshold: Double, learningRate: Double, isMasked: [Bool] = []) {
        self.width = width
        self.height = height
        self.threshold = threshold
        self.learningRate = learningRate
        self.isMasked = isMasked.count == width * height ? isMasked : []
        differences = Array(repeating: 0, count: width * height)
    }

    /// Goes on with what another has learnt of pictures of this size.
    mutating func adopt(_ other: MotionModel) {
        if (other.width, other.height) == (width, height) { background = other.background }
    }

    /// Learns a picture and tells where it differs from what was learnt before; the first one differs nowhere.
    ///
    /// - Parameter cells: width × height gray levels without gaps.
    /// - Returns: by how much each cell differs, 0 where it is not more than the threshold.
    mutating func update(_ cells: UnsafeBufferPointer<UInt8>) -> [Float] {
        guard cells.count == width * height else { return [] }
        guard background.count == cells.count else {
            background = cells.map { Float($0) }
            return Array(repeating: 0, count: cells.count)
        }
        let common = commonChange(cells)
        let rate = Float(learningRate)
        let threshold = Float(threshold)
        for index in cells.indices {
            let difference = Float(cells[index]) - background[index]
            let own = abs(difference - common)
            differences[index] = own > threshold && (isMasked.isEmpty || !isMasked[index]) ? own : 0
            background[index] += rate * difference
        }
        return differences
    }

    /// The median of all differences.
    private mutating func commonChange(_ cells: UnsafeBufferPointer<UInt8>) -> Float {
        for bin in histogram.indices { histogram[bin] = 0 }
        for index in cells.indices {
            histogram[min(max(Int(Float(cells[index]) - background[index]), -255), 255) + 255] += 1
        }
        var sum = 0
        for (bin, count) in histogram.enumerated() {
            sum += count
            if sum * 2 >= cells.count { return Float(bin - 255) }
        }
        return 0
    }
}
