import Testing
import WorkerLink

@testable import VisionPipeline

/// What waits for a server that reads slowly, or not at all.
struct LinkOutboxTests {
    private let outbox = LinkOutbox()

    /// Everything that is written until the outbox is empty.
    private func drain() -> [String] {
        outbox.close(with: [0])
        var items: [String] = []
        while let item = outbox.next() {
            switch item {
            case .control(let message): items.append("control \(message[0])")
            case .unit(let header, let unit):
                items.append("unit \(header.tap) \(header.sequence)" + (unit.isKey ? " key" : ""))
            case .frame(let frame):
                items.append("frame \(frame.header.tap) \(frame.header.sequence) once \(frame.header.once)")
            }
        }
        return items
    }

    private func frame(_ tap: Int, _ sequence: UInt64, once: UInt64 = 0) -> EncodedFrame {
        EncodedFrame(
            header: FrameHeader(
                tap: tap, variant: .asIs, once: once, sequence: sequence, captured: 0, encoded: 0, width: 1, height: 1),
            jpeg: [])
    }

    @Test("Of reports on how it goes only the newest waits, behind what must not be lost")
    func progress() {
        for number in 1...100 { outbox.send(progress: [UInt8(number)]) }
        outbox.send([200])
        outbox.send(progress: [101])
        outbox.send([201])
        #expect(drain() == ["control 200", "control 201", "control 101", "control 0"])
    }

    @Test("Units of video wait in order, and behind one that found no room all up to the next keyframe are lost")
    func units() async throws {
        let units = try await CodedPointTests.units(12, keyframes: 4, size: "width=64,height=48")
        #expect(units.map(\.isKey) == (0..<12).map { $0 % 4 == 0 })
        var sent: [String] = []
        for (number, unit) in units[..<6].enumerated() { outbox.send(unit, tap: 1, number: UInt64(number)) }
        sent += ["unit 1 0 key", "unit 1 1", "unit 1 2", "unit 1 3", "unit 1 4 key", "unit 1 5"]
        // As many as find room, and one more.
        let room = (24 << 20 - units[..<6].reduce(0) { $0 + $1.byteCount }) / units[6].byteCount
        for _ in 0..<room { outbox.send(units[6], tap: 2, number: 6) }
        sent += Array(repeating: "unit 2 6", count: room)
        outbox.send(units[8], tap: 1, number: 8)
        outbox.send(units[9], tap: 1, number: 9)
        #expect(drain() == sent + ["control 0"])
    }

    @Test("Of a variant's pictures only the newest waits, and answers for those before it")
    func frames() {
        outbox.send(frame(1, 1, once: 7))
        outbox.send(frame(2, 1))
        outbox.send(frame(1, 2))
        outbox.send([9])
        #expect(drain() == ["control 9", "frame 1 2 once 7", "frame 2 1 once 0", "control 0"])
        #expect(outbox.replaced(ofTap: 1) == 1 && outbox.replaced(ofTap: 2) == 0, "what nobody gets is counted")
    }
}
