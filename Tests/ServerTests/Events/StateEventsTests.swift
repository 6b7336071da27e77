import Foundation
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Server

@Suite("Watching the server")
struct StateEventsTests {
    /// A watcher whose socket takes so many pieces, and what it was sent, message by message.
    private final class Output: EventOutput {
        let framing = EventFraming.eventStream
        var room: Int
        var messages: [[String: Any]] = []
        var sends = 0

        init(room: Int = .max) { self.room = room }

        var isReady: Bool { room > 0 }

        func send(_ events: ByteBuffer) {
            room -= 1
            sends += 1
            for line in String(buffer: events).split(separator: "\n") where line.hasPrefix("data: ") {
                let object = try? JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8))
                messages.append(object as? [String: Any] ?? [:])
            }
        }

        var sequences: [Int] { messages.compactMap { $0["seq"] as? Int } }
    }

    /// A publisher by hand: answers what is asked for.
    private static func answer(_ events: StateEvents) {
        guard let work = events.takeWork()?.work, let request = work.snapshot else { return }
        events.publishSnapshot(members: "\"instances\":[],\"taps\":{}", answering: request)
    }

    @Test("a snapshot comes first, then every change once, in order")
    func order() {
        let (loop, events, output) = (EmbeddedEventLoop(), StateEvents(), Output())
        events.publish(.changed, of: "early")
        let watcher = events.watch(output, on: loop)
        events.publish(.changed, of: "cam", members: "\"n\":1")
        loop.run()
        #expect(output.messages.isEmpty)
        Self.answer(events)
        events.publish(.changed, of: "cam", members: "\"n\":2")
        events.publish(.removed, of: "gone", members: "\"id\":\"gone\"")
        loop.run()
        #expect(output.messages.map { $0["type"] as? String } == ["snapshot", "changed", "removed"])
        #expect(output.sequences == [1, 2, 3])
        events.publish(.plansChanged, of: "plans")
        loop.run()
        #expect(output.messages.last?["type"] as? String == "plans_changed")
        events.unwatch(watcher, on: loop)
        events.unwatch(watcher, on: loop)
        #expect(events.watchers == 0 && !events.isWatched)
        events.publish(.changed, of: "cam")
        loop.run()
        #expect(output.sequences == [1, 2, 3, 4])
    }

    @Test("whoever does not read gets the newest of each when it does, in one piece, and no queue")
    func newestWins() throws {
        let (loop, events, output) = (EmbeddedEventLoop(), StateEvents(), Output(room: 1))
        let watcher = events.watch(output, on: loop)
        Self.answer(events)
        loop.run()
        for number in 1...1000 {
            events.publish(.changed, of: "cam\(number % 3)", members: "\"n\":\(number)")
            loop.run()
        }
        #expect(output.messages.count == 1)
        output.room = 1
        events.resume(watcher, on: loop)
        #expect(output.messages.dropFirst().map { $0["n"] as? Int } == [998, 999, 1000])
        #expect(output.sends == 2)
        events.unwatch(watcher, on: loop)
    }

    @Test("who has missed more that is gone than is remembered begins anew, with a snapshot")
    func beginsAnew() {
        let (loop, events, output) = (EmbeddedEventLoop(), StateEvents(), Output(room: 1))
        let watcher = events.watch(output, on: loop)
        Self.answer(events)
        loop.run()
        for number in 0...StateBoard.removedLimit { events.publish(.removed, of: "cam\(number)") }
        output.room = .max
        events.resume(watcher, on: loop)
        #expect(output.messages.count == 1)
        #expect(events.board.forgotten > 0)
        // As the publisher would when its time has come.
        events.publishSnapshot(members: "\"instances\":[]", answering: .max)
        loop.run()
        #expect(output.messages.map { $0["type"] as? String } == ["snapshot", "snapshot"])
        events.unwatch(watcher, on: loop)
    }

    @Test("a thousand share what is encoded once, each for one send, and a walk among them loses nothing")
    func many() {
        var generator = SeededGenerator.announced()
        let (loop, events) = (EmbeddedEventLoop(), StateEvents())
        let outputs = (0..<1000).map { _ in Output() }
        var watchers = outputs.map { events.watch($0, on: loop) }
        Self.answer(events)
        loop.run()
        for number in 1...50 {
            events.publish(.changed, of: "cam\(Int.random(in: 0..<4, using: &generator))", members: "\"n\":\(number)")
            let place = Int.random(in: 0..<1000, using: &generator)
            outputs[place].room = 0
            if Bool.random(using: &generator) { loop.run() }
            outputs[place].room = .max
            events.resume(watchers[place], on: loop)
        }
        loop.run()
        // Everybody knows the newest of each, whatever they were not there for.
        let newest = Self.newest(outputs[0])
        #expect(outputs.allSatisfy { Self.newest($0) == newest })
        #expect(outputs.allSatisfy { $0.sequences == $0.sequences.sorted() })
        #expect(outputs.allSatisfy { $0.sends <= 52 })
        for watcher in watchers { events.unwatch(watcher, on: loop) }
        watchers = []
        #expect(events.watchers == 0)
    }

    /// The newest sequence number, which is of the newest event.
    private static func newest(_ output: Output) -> Int? { output.sequences.last }

    @Test("the same in each framing, and the bytes are the same for all")
    func framings() {
        let event = StateEvent(.changed, 7, members: "\"instance\":{}")
        #expect(event.json == #"{"type":"changed","seq":7,"instance":{}}"#)
        #expect(String(buffer: event.bytes(.eventStream)) == "event: changed\nid: 7\ndata: \(event.json)\n\n")
        let stream = String(buffer: event.bytes(.eventStream))
        let chunk = String(buffer: event.bytes(.chunkedEventStream))
        #expect(chunk == "\(String(stream.utf8.count, radix: 16))\r\n\(stream)\r\n")
        #expect(event.bytes(.webSocket).readableBytesView.dropFirst(2).elementsEqual(event.json.utf8))
        let (one, other) = (event.bytes(.webSocket), event.bytes(.webSocket))
        let address = one.withUnsafeReadableBytes { $0.baseAddress }
        #expect(other.withUnsafeReadableBytes { $0.baseAddress } == address)
    }
}
