import Client
import Testing

@Suite("Server-sent events")
struct ServerSentEventTests {
    private static let stream = """
        retry: 1000

        event: snapshot
        id: 7
        data: {"type":"snapshot"}

        : still here

        data: one
        data:two
        unknown: x
        nothing

        event: empty

        event: changed
        id: 8
        data: ü

        data: unfinished
        """
    private static let events = [
        ServerSentEvent(name: "snapshot", data: #"{"type":"snapshot"}"#, id: "7"),
        ServerSentEvent(data: "one\ntwo", id: "7"), ServerSentEvent(name: "changed", data: "ü", id: "8"),
    ]

    @Test("However lines end, and wherever the bytes are cut", arguments: ["\n", "\r\n", "\r"])
    func cut(end: String) throws {
        let bytes = Array(Self.stream.replacing("\n", with: end).utf8)
        for place in bytes.indices {
            var parser = ServerSentEventParser()
            let events = try parser.take(bytes[..<place]) + parser.take(bytes[place...])
            #expect(events == Self.events, "cut at \(place)")
        }
        var parser = ServerSentEventParser()
        #expect(try bytes.flatMap { try parser.take([$0]) } == Self.events)
    }

    @Test(
        "What never ends is refused, be it one line or many",
        arguments: ["data: 0123456789", "data: 0123456789\n", "x\n"])
    func endless(part: String) throws {
        var parser = ServerSentEventParser(longest: 1000)
        let more = { (parser: inout ServerSentEventParser) in
            for _ in 1...200 { _ = try parser.take(part.utf8) }
        }
        if part.hasPrefix("data") {
            #expect(throws: ClientError.self) { try more(&parser) }
        } else {
            // Of a field that nobody knows nothing is kept.
            try more(&parser)
        }
    }

    @Test("What they say, and what they do not")
    func meaning() throws {
        let changed =
            #"{"type":"changed","seq":8,"instance":{"id":"door","state":"running"},"taps":{"live":{"viewers":2}}}"#
        guard case .changed(let instance, let taps) = try WatchedEvent(ServerSentEvent(data: changed)) else {
            Issue.record("no change")
            return
        }
        #expect(instance.id == "door" && taps["live"]?.viewers == 2)
        guard case .other = try WatchedEvent(ServerSentEvent(data: #"{"type":"tomorrow","seq":9}"#)) else {
            Issue.record("what is not known yet is no fault")
            return
        }
        for data in ["", "null", "[]", "{}", "<html>"] {
            #expect(throws: ClientError.self) { try WatchedEvent(ServerSentEvent(data: data)) }
        }
    }
}
