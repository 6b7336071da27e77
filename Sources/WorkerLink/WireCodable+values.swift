extension WireCodable where Self: FixedWidthInteger {
    package func write(to writer: inout WireWriter) { writer.put(self) }
    package init(from reader: inout WireReader) throws(LinkError) { self = try reader.number() }
}

extension Int: WireCodable {}
extension Int64: WireCodable {}
extension UInt64: WireCodable {}

extension Double: WireCodable {
    package func write(to writer: inout WireWriter) { writer.put(self) }
    package init(from reader: inout WireReader) throws(LinkError) { self = try reader.double() }
}

extension Bool: WireCodable {
    package func write(to writer: inout WireWriter) { writer.put(UInt8(self ? 1 : 0)) }
    package init(from reader: inout WireReader) throws(LinkError) { self = try reader.number(UInt8.self) != 0 }
}

extension String: WireCodable {
    package func write(to writer: inout WireWriter) { writer.put(self) }
    package init(from reader: inout WireReader) throws(LinkError) { self = try reader.text() }
}

extension Optional: WireCodable where Wrapped: WireCodable {
    package func write(to writer: inout WireWriter) {
        (self != nil).write(to: &writer)
        self?.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
    }
}

extension Array: WireCodable where Element: WireCodable {
    package func write(to writer: inout WireWriter) {
        writer.put(count: count)
        for element in self { element.write(to: &writer) }
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        self = []
        for _ in 0..<(try reader.count()) { append(try Element(from: &reader)) }
    }
}

extension Dictionary: WireCodable where Key: WireCodable, Value: WireCodable {
    package func write(to writer: inout WireWriter) {
        writer.put(count: count)
        for (key, value) in self {
            key.write(to: &writer)
            value.write(to: &writer)
        }
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        self = [:]
        for _ in 0..<(try reader.count()) {
            let key: Key = try reader.next()
            self[key] = try Value(from: &reader)
        }
    }
}

/// A case goes as its word.
extension WireCodable where Self: RawRepresentable, RawValue == String {
    package func write(to writer: inout WireWriter) { writer.put(rawValue) }

    package init(from reader: inout WireReader) throws(LinkError) {
        let word = try reader.text()
        guard let value = Self(rawValue: word) else { throw .malformed("a report of an unknown \(Self.self)") }
        self = value
    }
}

extension SourceWarning: WireCodable {}
extension FailureReason: WireCodable {}
extension KeepAlive: WireCodable {}
extension BranchProgress.State: WireCodable {}
extension DurationHistogram.Scale: WireCodable {}
