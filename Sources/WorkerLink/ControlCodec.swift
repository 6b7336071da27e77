package import Foundation

/// Control messages as JSON, for both ends of the link.
package enum ControlCodec {
    /// A whole message: its header, then its JSON.
    ///
    /// - Throws: `LinkError.tooLong`; `LinkError.malformed` for a number that JSON has no word for.
    package static func encode(_ message: some Encodable) throws(LinkError) -> [UInt8] {
        let json: Data
        do {
            json = try JSONEncoder().encode(message)
        } catch {
            throw .malformed("\(error)")
        }
        return try LinkHeader(.control, payloadLength: json.count).bytes + json
    }

    /// Reads the payload of a control message.
    ///
    /// - Throws: `LinkError.malformed` when it is no such message.
    package static func decode<Message: Decodable>(
        _ type: Message.Type, from payload: Data
    ) throws(LinkError) -> Message {
        do {
            return try JSONDecoder().decode(type, from: payload)
        } catch {
            throw .malformed("a control message of \(payload.count) bytes: \(error)")
        }
    }
}
