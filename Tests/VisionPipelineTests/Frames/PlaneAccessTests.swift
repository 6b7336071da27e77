import Testing

@testable import VisionPipeline

/// What a stage in another package reads and writes frames with.
struct PlaneAccessTests {
    static let frame = Frame(format: .nv12, width: 5, height: 3, attributes: FrameAttributes(sequence: 9, captured: 70))
    {
        planes in
        for index in 0..<planes.count {
            for y in 0..<planes[index].height {
                for x in 0..<planes[index].width { planes[index][x, y] = UInt8(100 * index + 10 * y + x) }
            }
        }
    }

    @Test("a frame of one's own has the planes of its format, and what was written into them")
    func ownFrame() {
        #expect(Self.frame.sequence == 9 && Self.frame.captured == 70)
        Self.frame.withPlanes { planes in
            #expect(planes.map(\.width) == [5, 6] && planes.map(\.height) == [3, 2])
            #expect(planes[0].withRow(2) { row in row.indices.map { row[$0] } } == [20, 21, 22, 23, 24])
            #expect(planes[1].withRow(1) { row in row.indices.map { row[$0] } } == [110, 111, 112, 113, 114, 115])
            #expect(planes[1][5, 0] == 105)
        }
    }

    @Test("a row is written, a plane is filled, copied, and mapped sample by sample")
    func writing() {
        let pool = FramePool()
        Self.frame.withPlanes { planes in
            let frame = pool.frame(from: Self.frame) { target in
                target[0].map(planes[0]) { 255 - $0 }
                target[1].copy(planes[1])
                target[1].withRow(0) { row in for x in row.indices { row[x] = 7 } }
            }
            frame.withPlanes { made in
                #expect(made[0][4, 2] == 231 && made[1][0, 0] == 7 && made[1][0, 1] == 110)
            }
            let filled = pool.frame(from: Self.frame) { for index in 0..<$0.count { $0[index].fill(3) } }
            filled.withPlanes { made in
                #expect(made[0][4, 2] == 3 && made[1][5, 1] == 3)
            }
        }
    }

    @Test("scratch memory gives planes and elements, and keeps its size")
    func scratch() {
        var memory = ScratchMemory()
        let plane = memory.plane(width: 7, height: 3)
        plane.fill(9)
        #expect(plane.readOnly.withRow(2) { $0.count } == 7 && plane[6, 2] == 9)
        let capacity = memory.capacity
        let sum = memory.withElements(10, of: Int32.self) { elements in
            for index in elements.indices { elements[index] = Int32(index) }
            return elements.indices.reduce(0) { $0 + elements[$1] }
        }
        #expect(sum == 45 && memory.capacity == capacity)
    }

    @Test("a polygon knows what is in it, which way it turns and its shortest side")
    func polygon() {
        let square = Polygon(corners: [(0, 0), (4, 0), (4, 3), (0, 3)].map { Detection.Point(x: $0.0, y: $0.1) })
        #expect(square.contains(.init(x: 2, y: 1)) && !square.contains(.init(x: 5, y: 1)))
        #expect(square.isConvex && square.shortestSide == 3)
        let crossed = Polygon(corners: [(0, 0), (4, 3), (4, 0), (0, 3)].map { Detection.Point(x: $0.0, y: $0.1) })
        #expect(!crossed.isConvex)
        #expect(!Polygon(corners: []).contains(.init(x: 0, y: 0)) && Polygon(corners: []).shortestSide == 0)
    }

    #if os(Linux)
    @Test(
        "what lies outside a plane ends the process before it is touched",
        arguments: [(0, 3), (0, -1), (5, 0), (-1, 0)])
    func outside(x: Int, y: Int) async {
        await #expect(processExitsWith: .failure) { [x, y] in
            PlaneAccessTests.frame.withPlanes { planes in print(planes[0][x, y]) }
        }
        await #expect(processExitsWith: .failure) { [x, y] in
            _ = FramePool().frame(from: PlaneAccessTests.frame) { $0[0][x, y] = 1 }
        }
        await #expect(processExitsWith: .failure) { [x, y] in
            PlaneAccessTests.frame.withPlanes { planes in print(planes[0].withRow(y) { $0[x] }) }
        }
    }
    #endif
}
