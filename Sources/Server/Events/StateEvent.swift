import NIOCore
import Synchronization

/// Something that has become of the server, in every form that watchers take. Each form is made once, however many watch.
final class StateEvent: Sendable {
    /// What it tells; the raw value is the message's type, a contract.
    enum Kind: String, Sendable {
        /// Everything, to somebody who begins to watch.
        case snapshot
        /// An instance, as it is now.
        case changed
        /// An instance is gone.
        case removed
        /// Files of the plans directory came, went or are other ones.
        case plansChanged = "plans_changed"
        /// Cameras at this machine came or went, or can be named otherwise.
        case devicesChanged = "devices_changed"
    }

    let kind: Kind
    /// Of a snapshot: of the last event that it knows of.
    let sequence: UInt64
    /// A JSON object.
    let json: String
    /// What it says to those who may not see everything; nil: nothing.
    private let narrowed: Narrowed
    private let forms = Mutex([ByteBuffer?](repeating: nil, count: EventFraming.allCases.count))

    /// What the object says to somebody with these rights besides its type and number; nil: nothing.
    typealias Narrowed = @Sendable (Rights) -> String?

    /// - Parameters:
    ///   - members: what the object says besides its type and number, `"id":"cam"`; empty for nothing.
    ///   - narrowed: the same for those who may not see everything.
    init(_ kind: Kind, _ sequence: UInt64, members: String, narrowed: @escaping Narrowed = { _ in nil }) {
        self.kind = kind
        self.sequence = sequence
        self.narrowed = narrowed
        json = Self.json(kind, sequence, members)
    }

    private static func json(_ kind: Kind, _ sequence: UInt64, _ members: String) -> String {
        "{\"type\":\"\(kind.rawValue)\",\"seq\":\(sequence)" + (members.isEmpty ? "" : "," + members) + "}"
    }

    func bytes(_ framing: EventFraming) -> ByteBuffer {
        forms.withLock { forms in
            if let made = forms[framing.rawValue] { return made }
            let made = framing.bytes(of: json, kind: kind, sequence: sequence)
            forms[framing.rawValue] = made
            return made
        }
    }

    /// The same for those who may not see everything; nil: it is none of theirs.
    func bytes(_ framing: EventFraming, for rights: Rights) -> ByteBuffer? {
        if rights.seesAll { return bytes(framing) }
        return narrowed(rights).map {
            framing.bytes(of: Self.json(kind, sequence, $0), kind: kind, sequence: sequence)
        }
    }
}
