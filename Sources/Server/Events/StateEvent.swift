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
    private let forms = Mutex([ByteBuffer?](repeating: nil, count: EventFraming.allCases.count))

    /// - Parameter members: what the object says besides its type and number, `"id":"cam"`; empty for nothing.
    init(_ kind: Kind, _ sequence: UInt64, members: String) {
        self.kind = kind
        self.sequence = sequence
        json = "{\"type\":\"\(kind.rawValue)\",\"seq\":\(sequence)" + (members.isEmpty ? "" : "," + members) + "}"
    }

    func bytes(_ framing: EventFraming) -> ByteBuffer {
        forms.withLock { forms in
            if let made = forms[framing.rawValue] { return made }
            let made = framing.bytes(of: self)
            forms[framing.rawValue] = made
            return made
        }
    }
}
