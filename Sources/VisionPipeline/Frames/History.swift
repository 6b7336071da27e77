/// The newest of what has come, up to a number; each takes the place of the oldest. Adding allocates nothing.
struct History<Element> {
    let capacity: Int
    /// In no particular order.
    private(set) var elements: [Element] = []
    /// Where the oldest is, once there is room for no more.
    private var oldest = 0

    /// - Parameter capacity: at least one.
    init(capacity: Int) {
        self.capacity = capacity
        elements.reserveCapacity(capacity)
    }

    var count: Int { elements.count }

    /// - Returns: what it takes the place of.
    @discardableResult
    mutating func append(_ element: Element) -> Element? {
        guard elements.count >= capacity else {
            elements.append(element)
            return nil
        }
        defer { oldest = (oldest + 1) % capacity }
        let replaced = elements[oldest]
        elements[oldest] = element
        return replaced
    }

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
        oldest = 0
    }

    /// - Parameter back: 0 is the newest; less than `count`.
    subscript(back back: Int) -> Element { elements[(oldest + count - 1 - back) % count] }
}

extension History: Sendable where Element: Sendable {}
