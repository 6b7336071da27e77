/// A first-in, first-out queue in a ring of slots: it needs memory for what waits at the same time, however much has passed.
struct RingBuffer<Element> {
    private var slots: [Element?] = []
    /// The slot of the element that came first.
    private var first = 0
    private(set) var count = 0

    /// How many elements fit without more memory.
    var capacity: Int { slots.count }

    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[(first + count) % slots.count] = element
        count += 1
    }

    /// Nil when it is empty.
    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = slots[first].take()
        first = (first + 1) % slots.count
        count -= 1
        return element
    }

    private mutating func grow() {
        slots = Array(slots[first...] + slots[..<first])
        first = 0
        slots += Array(repeating: nil, count: max(8, slots.count))
    }
}
