import Testing

@testable import WorkerLink

/// How access units go over the link.
@Suite
struct UnitCodecTests {
    static let headers = [
        UnitHeader(
            tap: 3, coding: .h264, isKey: true, reorderDepth: 16, sequence: 1, captured: 5_000_000_000, shown: 1_000,
            width: 1280,
            height: 720),
        UnitHeader(
            tap: 65_535, coding: .h265, isKey: false, reorderDepth: 2, sequence: .max, captured: .max, shown: -7,
            width: 0, height: 0),
        UnitHeader(tap: 0, coding: .h264, isKey: false, sequence: 9, captured: 0, width: 16, height: 16),
    ]

    @Test("What is written is read again", arguments: headers)
    func again(header: UnitHeader) throws {
        let prefix = try UnitCodec.prefix(of: header, length: 100)
        #expect(prefix.count == LinkHeader.size + UnitCodec.headerLength)
        #expect(prefix[4] == LinkMessageType.unit.rawValue)
        let payload = Array(prefix[LinkHeader.size...]) + [UInt8](repeating: 1, count: 100)
        #expect(try payload.withUnsafeBytes { bytes throws(LinkError) in try UnitCodec.decode(bytes) } == header)
    }

    @Test("What is no unit is an error")
    func malformed() throws {
        let payload = Array(try UnitCodec.prefix(of: Self.headers[0], length: 1)[LinkHeader.size...])
        for short in [[], Array(payload[..<20]), payload] {
            #expect(throws: LinkError.self) {
                try short.withUnsafeBytes { bytes throws(LinkError) in try UnitCodec.decode(bytes) }
            }
        }
        var other = payload + [0]
        other[2] = 77
        #expect(throws: LinkError.malformed("a unit of coding 77")) {
            try other.withUnsafeBytes { bytes throws(LinkError) in try UnitCodec.decode(bytes) }
        }
        #expect(throws: LinkError.self) { try UnitCodec.prefix(of: Self.headers[0], length: Link.frameLimit) }
    }
}
