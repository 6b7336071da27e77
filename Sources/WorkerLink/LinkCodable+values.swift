extension LinkCodable where Self: FixedWidthInteger {
    package func write(to writer: inout LinkWriter) { writer.put(self) }
    package init(from reader: inout LinkReader) throws(LinkError) { self = try reader.number() }
}

extension Int: LinkCodable {}
extension Int64: LinkCodable {}
extension UInt64: LinkCodable {}

extension Double: LinkCodable {
    package func write(to writer: inout LinkWriter) { writer.put(self) }
    package init(from reader: inout LinkReader) throws(LinkError) { self = try reader.double() }
}

extension Bool: LinkCodable {
    package func write(to writer: inout LinkWriter) { writer.put(UInt8(self ? 1 : 0)) }
    package init(from reader: inout LinkReader) throws(LinkError) { self = try reader.number(UInt8.self) != 0 }
}

extension String: LinkCodable {
    package func write(to writer: inout LinkWriter) { writer.put(self) }
    package init(from reader: inout LinkReader) throws(LinkError) { self = try reader.text() }
}

extension Optional: LinkCodable where Wrapped: LinkCodable {
    package func write(to writer: inout LinkWriter) {
        (self != nil).write(to: &writer)
        self?.write(to: &writer)
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
    }
}

extension Array: LinkCodable where Element: LinkCodable {
    package func write(to writer: inout LinkWriter) {
        writer.put(count: count)
        for element in self { element.write(to: &writer) }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self = []
        for _ in 0..<(try reader.count()) { append(try Element(from: &reader)) }
    }
}

extension Dictionary: LinkCodable where Key: LinkCodable, Value: LinkCodable {
    package func write(to writer: inout LinkWriter) {
        writer.put(count: count)
        for (key, value) in self {
            key.write(to: &writer)
            value.write(to: &writer)
        }
    }

    package init(from reader: inout LinkReader) throws(LinkError) {
        self = [:]
        for _ in 0..<(try reader.count()) {
            let key: Key = try reader.next()
            self[key] = try Value(from: &reader)
        }
    }
}

/// A case goes as its word.
extension LinkCodable where Self: RawRepresentable, RawValue == String {
    package func write(to writer: inout LinkWriter) { writer.put(rawValue) }

    package init(from reader: inout LinkReader) throws(LinkError) {
        let word = try reader.text()
        guard let value = Self(rawValue: word) else { throw .malformed("a report of an unknown \(Self.self)") }
        self = value
    }
}

extension SourceWarning: LinkCodable {}
extension FailureReason: LinkCodable {}
extension KeepAlive: LinkCodable {}
extension BranchProgress.State: LinkCodable {}
extension DurationHistogram.Scale: LinkCodable {}
