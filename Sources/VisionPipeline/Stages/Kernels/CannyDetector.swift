/// Lines one sample wide where brightness changes most (Canny, 1986), with |right| + |down| of Sobel as the slope.
final class CannyDetector {
    /// Lines begin where the slope is above `high` and go on where it is above `low`, 0…2040.
    private let (low, high): (Int32, Int32)
    private let sobel = SobelFilter()
    private var slopes = ScratchMemory()
    private var marks = ScratchMemory()
    private var open: [Int] = []

    private enum Mark {
        static let none: UInt8 = 0
        static let weak: UInt8 = 1
        static let edge: UInt8 = 2
    }

    init(low: Int, high: Int) {
        self.low = Int32(clamping: min(low, high))
        self.high = Int32(clamping: max(low, high))
    }

    /// 255 on a line, 0 elsewhere.
    func apply(_ source: Plane, to target: MutablePlane) {
        let (width, height) = (source.width, source.height)
        guard width > 0, height > 0 else { return }
        // One sample of border on each side, which is no edge and has no slope.
        let stride = width + 2
        let marks = marks.bytes(stride * (height + 2))
        marks.update(repeating: Mark.none, count: stride * (height + 2))
        open.removeAll(keepingCapacity: true)
        thin(source, marks, stride: stride)
        follow(marks, stride: stride)
        for y in 0..<height {
            let (row, out) = (marks + (y + 1) * stride + 1, target.row(y))
            for x in 0..<width { out[x] = row[x] == Mark.edge ? 255 : 0 }
        }
    }

    /// Keeps the samples whose slope is the greatest across the line.
    private func thin(_ source: Plane, _ marks: MutableSamples, stride: Int) {
        let (width, height) = (source.width, source.height)
        // Three rows of magnitude and two of both slopes, used in turn.
        let count = 3 * stride + 4 * stride
        let memory = slopes.elements(count, of: Int32.self)
        memory.update(repeating: 0, count: count)
        func magnitude(_ y: Int) -> UnsafeMutablePointer<Int32> { memory + ((y + 3) % 3) * stride + 1 }
        func right(_ y: Int) -> UnsafeMutablePointer<Int32> { memory + (3 + (y & 1)) * stride + 1 }
        func down(_ y: Int) -> UnsafeMutablePointer<Int32> { memory + (5 + (y & 1)) * stride + 1 }
        func thinRow(_ y: Int) {
            thin(
                above: magnitude(y - 1), here: magnitude(y), below: magnitude(y + 1), right: right(y),
                down: down(y), marks: marks, at: (y + 1) * stride + 1, count: width)
        }
        sobel.forEachRow(of: source) { y, rightSlopes, downSlopes in
            let (sum, right, down) = (magnitude(y), right(y), down(y))
            for x in 0..<width {
                right[x] = Int32(rightSlopes[x])
                down[x] = Int32(downSlopes[x])
                sum[x] = abs(right[x]) &+ abs(down[x])
            }
            if y > 0 { thinRow(y - 1) }
        }
        magnitude(height).update(repeating: 0, count: width)
        thinRow(height - 1)
    }

    private func thin(
        above: UnsafePointer<Int32>, here: UnsafePointer<Int32>, below: UnsafePointer<Int32>,
        right: UnsafePointer<Int32>, down: UnsafePointer<Int32>, marks: MutableSamples, at place: Int, count: Int
    ) {
        // tan 22.5° · 2¹⁵; tan 67.5° is 2 more.
        let tangent: Int32 = 13573
        for x in 0..<count where here[x] > low {
            let slope = here[x]
            let across = abs(right[x]) &* tangent
            let along = abs(down[x]) << 15
            let isGreatest: Bool
            if along < across {
                isGreatest = slope > here[x - 1] && slope >= here[x + 1]
            } else if along > across &+ abs(right[x]) << 16 {
                isGreatest = slope > above[x] && slope >= below[x]
            } else {
                let side = (right[x] ^ down[x]) < 0 ? -1 : 1
                isGreatest = slope > above[x - side] && slope > below[x + side]
            }
            guard isGreatest else { continue }
            if slope > high {
                marks[place + x] = Mark.edge
                open.append(place + x)
            } else {
                marks[place + x] = Mark.weak
            }
        }
    }

    /// Weak samples that touch an edge are edges too.
    private func follow(_ marks: MutableSamples, stride: Int) {
        while let place = open.popLast() {
            for row in -1...1 {
                let middle = place + row * stride
                for neighbour in middle - 1...middle + 1 where marks[neighbour] == Mark.weak {
                    marks[neighbour] = Mark.edge
                    open.append(neighbour)
                }
            }
        }
    }
}
