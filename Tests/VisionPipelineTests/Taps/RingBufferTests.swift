import Testing

@testable import VisionPipeline

struct RingBufferTests {
    @Test("What comes first goes first, wherever in the ring it grows")
    func order() {
        for offset in 0..<20 {
            var ring = RingBuffer<Int>()
            // The first element's slot is anywhere when there is no room any more.
            for number in 0..<offset {
                ring.append(number)
                #expect(ring.popFirst() == number)
            }
            for number in 0..<100 { ring.append(number) }
            #expect(ring.count == 100)
            let all = (0..<100).map { _ in ring.popFirst() }
            #expect(all == Array(0..<100))
            #expect(ring.popFirst() == nil && ring.count == 0)
        }
    }

    @Test("It holds nothing that was taken, and needs memory for what waits alone")
    func memory() {
        final class Thing {}
        weak var last: Thing?
        var ring = RingBuffer<Thing>()
        for _ in 0..<7 { ring.append(Thing()) }
        for _ in 0..<10_000 {
            let thing = Thing()
            last = thing
            ring.append(thing)
            _ = ring.popFirst()
        }
        #expect(ring.capacity <= 16)
        while ring.popFirst() != nil {}
        #expect(last == nil)
    }
}
