/// One of a stream of server-sent events.
public struct ServerSentEvent: Sendable, Hashable {
    /// Its type; `message` where none is said.
    public var name = "message"
    /// JSON, here.
    public var data = ""
    /// Empty where none is said.
    public var id = ""

    /// One that says nothing but its type.
    public init(name: String = "message", data: String = "", id: String = "") {
        (self.name, self.data, self.id) = (name, data, id)
    }
}

/// Finds the events in a stream's bytes, however they are cut.
///
/// By WHATWG HTML, 9.2.6, but for what only browsers have.
public struct ServerSentEventParser: Sendable {
    private let longest: Int
    private var line: [UInt8] = []
    private var event = ServerSentEvent(name: "")
    private var hasData = false
    private var endedWithReturn = false

    /// At a stream's beginning.
    ///
    /// - Parameter longest: an event, or a line, of more bytes is nobody's.
    public init(longest: Int = 64 << 20) { self.longest = longest }

    /// - Returns: the events that end in these bytes.
    /// - Throws: `ClientError.incomprehensible` for a line or an event without an end.
    public mutating func take(_ bytes: some Sequence<UInt8>) throws(ClientError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            defer { endedWithReturn = byte == UInt8(ascii: "\r") }
            switch byte {
            case UInt8(ascii: "\n") where endedWithReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = endLine() { events.append(event) }
            default:
                guard line.count + event.data.utf8.count < longest else {
                    throw .incomprehensible("the server sends events without an end")
                }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { (event, hasData) = (ServerSentEvent(name: "", id: event.id), false) }
            guard hasData else { return nil }
            return ServerSentEvent(name: event.name.isEmpty ? "message" : event.name, data: event.data, id: event.id)
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let field = String(decoding: line[..<colon], as: UTF8.self)
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch field {
        case "event": event.name = text
        case "data":
            event.data += hasData ? "\n" + text : text
            hasData = true
        case "id": event.id = text
        default: break
        }
        return nil
    }
}
