/// What goes over the link by place, not by name: both ends are of one version (`Link.version`), and know what comes next.
///
/// Reports of progress come four times a second from each worker, and hold dozens of numbers: reading them as JSON was a sixth of
/// what an instance that nobody watches cost the server.
package protocol WireCodable {
    /// Appends the value.
    func write(to writer: inout WireWriter)
    /// Takes the value from the front.
    ///
    /// - Throws: `LinkError.malformed` where the bytes end before, or stand for none.
    init(from reader: inout WireReader) throws(LinkError)
}

/// Bytes to be sent: numbers little-endian, counts of what follows as u32.
package struct WireWriter {
    package private(set) var bytes: [UInt8] = []
    /// A number was none (NaN, infinite): whoever reads it takes that for a breach of the rules.
    package private(set) var hasNonsense = false

    package init() {}

    package mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func put(_ value: Double) {
        if !value.isFinite { hasNonsense = true }
        put(value.bitPattern)
    }

    package mutating func put(count: Int) { put(UInt32(clamping: count)) }

    package mutating func put(_ text: String) {
        put(count: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }
}

/// Bytes that came, of whose making nothing is known.
package struct WireReader {
    private let bytes: [UInt8]
    private var place = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Bytes that have not been taken.
    package var left: Int { bytes.count - place }

    package mutating func number<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(LinkError) -> Value {
        let size = MemoryLayout<Value>.size
        guard left >= size else { throw .malformed("a report that ends within a number") }
        defer { place += size }
        return (place..<place + size).reversed().reduce(Value(0)) { $0 << 8 | Value(truncatingIfNeeded: bytes[$1]) }
    }

    package mutating func double() throws(LinkError) -> Double {
        let value = Double(bitPattern: try number())
        guard value.isFinite else { throw .malformed("a report with a number that is none") }
        return value
    }

    /// How many follow, each of at least one byte: no memory is set aside for more than can be there.
    package mutating func count() throws(LinkError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= left else { throw .malformed("a report that announces \(count) with \(left) bytes left") }
        return count
    }

    package mutating func text() throws(LinkError) -> String {
        let count = try count()
        defer { place += count }
        guard let text = String(validating: bytes[place..<place + count], as: UTF8.self) else {
            throw .malformed("a report with text that is no UTF-8")
        }
        return text
    }

    /// The next value of a type that is known from where it goes.
    package mutating func next<Value: WireCodable>() throws(LinkError) -> Value { try Value(from: &self) }
}
