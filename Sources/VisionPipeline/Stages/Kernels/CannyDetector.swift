/// Lines one sample wide where brightness changes most (Canny, 1986), with |right| + |down| of Sobel as the slope.
final class CannyDetector {
    /// Lines begin where the slope is above `high` and go on where it is above `low`, 0…2040.
    private let (low, high): (Int16, Int16)
    private let sobel = SobelFilter()
    private var slopes = ScratchMemory()
    private var marks = ScratchMemory()
    private var open = ScratchMemory()

    private enum Mark {
        static let none: UInt8 = 0
        static let weak: UInt8 = 1
        static let edge: UInt8 = 2
    }

    init(low: Int, high: Int) {
        self.low = Int16(clamping: min(low, high))
        self.high = Int16(clamping: max(low, high))
    }

    /// 255 on a line, 0 elsewhere.
    func apply(_ source: Plane, to target: MutablePlane) {
        let (width, height) = (source.width, source.height)
        guard width > 0, height > 0 else { return }
        // One sample of border on each side, which is no edge and has no slope.
        let stride = width + 2
        let marks = marks.bytes(stride * (height + 2))
        marks.update(repeating: Mark.none, count: stride)
        (marks + (height + 1) * stride).update(repeating: Mark.none, count: stride)
        // Each place becomes an edge once, so there is room for all.
        var edges = PlaceStack(memory: open.elements(width * height, of: Int32.self))
        thin(source, marks, stride: stride, &edges)
        Self.follow(marks, stride: stride, &edges)
        for y in 0..<height {
            let (row, out) = (marks + (y + 1) * stride + 1, target.row(y))
            for x in 0..<width { out[x] = row[x] == Mark.edge ? 255 : 0 }
        }
    }

    /// Keeps the samples whose slope is the greatest across the line.
    private func thin(_ source: Plane, _ marks: MutableSamples, stride: Int, _ edges: inout PlaceStack) {
        let (width, height) = (source.width, source.height)
        // Three rows of magnitude and two of both slopes, used in turn.
        let memory = slopes.elements(7 * stride, of: Int16.self)
        memory.update(repeating: 0, count: 7 * stride)
        func magnitude(_ y: Int) -> UnsafeMutablePointer<Int16> { memory + ((y + 3) % 3) * stride + 1 }
        func right(_ y: Int) -> UnsafeMutablePointer<Int16> { memory + (3 + (y & 1)) * stride + 1 }
        func down(_ y: Int) -> UnsafeMutablePointer<Int16> { memory + (5 + (y & 1)) * stride + 1 }
        func thinRow(_ y: Int) {
            let row = marks + (y + 1) * stride
            row[0] = Mark.none
            row[width + 1] = Mark.none
            thin(
                above: magnitude(y - 1), here: magnitude(y), below: magnitude(y + 1), right: right(y),
                down: down(y), marks: row + 1, count: width)
            edges.push(edgesIn: row + 1, count: width, from: (y + 1) * stride + 1)
        }
        sobel.forEachRow(of: source) { y, rightSlopes, downSlopes in
            right(y).update(from: rightSlopes, count: width)
            down(y).update(from: downSlopes, count: width)
            Self.add(rightSlopes, downSlopes, into: magnitude(y), count: width)
            if y > 0 { thinRow(y - 1) }
        }
        magnitude(height).update(repeating: 0, count: width)
        thinRow(height - 1)
    }

    private static func add(
        _ right: UnsafePointer<Int16>, _ down: UnsafePointer<Int16>, into sums: UnsafeMutablePointer<Int16>, count: Int
    ) {
        for x in 0..<count { sums[x] = max(right[x], 0 &- right[x]) &+ max(down[x], 0 &- down[x]) }
    }

    /// Without branches, so that it becomes vector code.
    private func thin(
        above: UnsafePointer<Int16>, here: UnsafePointer<Int16>, below: UnsafePointer<Int16>,
        right: UnsafePointer<Int16>, down: UnsafePointer<Int16>, marks: MutableSamples, count: Int
    ) {
        let (low, high) = (low, high)
        for x in 0..<count {
            let slope = here[x]
            let (left, next) = (here[x - 1], here[x + 1])
            let (aboveLeft, aboveHere, aboveRight) = (above[x - 1], above[x], above[x + 1])
            let (belowLeft, belowHere, belowRight) = (below[x - 1], below[x], below[x + 1])
            let (dx, dy) = (right[x], down[x])
            let across = UInt16(truncatingIfNeeded: max(dx, 0 &- dx))
            let along = UInt16(truncatingIfNeeded: max(dy, 0 &- dy))
            // ⌊across · tan 22.5°⌋, the tangent in 2⁻¹⁵; that of 67.5° is 2 more.
            let flat = UInt16(truncatingIfNeeded: (UInt32(across &* 2) &* 13573) >> 16)
            let isFlat: Int16 = along <= flat ? -1 : 0
            let isSteep: Int16 = along > flat &+ across &* 2 ? -1 : 0
            let isDiagonal = ~(isFlat | isSteep)
            let isRising = (dx ^ dy) >> 15
            // By masks: from a choice the compiler would make a choice of addresses, and then no vector code.
            let diagonalBefore = aboveLeft & ~isRising | aboveRight & isRising
            let diagonalAfter = belowRight & ~isRising | belowLeft & isRising
            let before = left & isFlat | aboveHere & isSteep | diagonalBefore & isDiagonal
            // Of two that are alike the first counts, but on diagonals neither.
            let after = next & isFlat | belowHere & isSteep | diagonalAfter & isDiagonal
            let greatest = max(max(before, after &- (isFlat | isSteep) & 1), low)
            let mark = slope > high ? Mark.edge : Mark.weak
            marks[x] = slope > greatest ? mark : Mark.none
        }
    }

    /// Weak samples that touch an edge are edges too.
    private static func follow(_ marks: MutableSamples, stride: Int, _ edges: inout PlaceStack) {
        while let place = edges.pop() {
            for row in -1...1 {
                let middle = place + row * stride
                for neighbour in middle - 1...middle + 1 where marks[neighbour] == Mark.weak {
                    marks[neighbour] = Mark.edge
                    edges.push(neighbour)
                }
            }
        }
    }

    /// Edges whose neighbours have not been looked at.
    private struct PlaceStack {
        private let memory: UnsafeMutablePointer<Int32>
        private var count = 0

        /// - Parameter memory: room for as many as will ever be pushed.
        init(memory: UnsafeMutablePointer<Int32>) {
            self.memory = memory
        }

        mutating func push(_ place: Int) {
            memory[count] = Int32(truncatingIfNeeded: place)
            count &+= 1
        }

        mutating func pop() -> Int? {
            guard count > 0 else { return nil }
            count &-= 1
            return Int(memory[count])
        }

        /// Pushes the edges of a row, whose first sample is at `place`; eight at once are looked at.
        mutating func push(edgesIn row: Samples, count: Int, from place: Int) {
            var x = 0
            while x + 8 <= count {
                let eight = UnsafeRawPointer(row + x).loadUnaligned(as: UInt64.self).littleEndian
                var edges = eight & (0x0101_0101_0101_0101 &* UInt64(Mark.edge))
                while edges != 0 {
                    push(place &+ x &+ edges.trailingZeroBitCount >> 3)
                    edges &= edges &- 1
                }
                x += 8
            }
            for x in x..<count where row[x] == Mark.edge { push(place + x) }
        }
    }
}
