/// How plans name a camera: `usb:SERIAL`, which it is wherever it is plugged in, or a path.
public enum DeviceAddress: Sendable, Hashable {
    case serial(String)
    case path(String)

    /// Where an address leads just now.
    public enum Place: Sendable, Hashable {
        case node(String)
        /// None that is plugged in has this serial number.
        case missing
        /// Several have.
        case several([String])
    }

    /// Everything that does not begin with `usb:` is a path.
    public init(_ text: String) {
        self = text.hasPrefix("usb:") ? .serial(String(text.dropFirst(4))) : .path(text)
    }

    /// Of all nodes that there are.
    ///
    /// A path is where it says, whatever is there.
    public func place(among nodes: [VideoNode]) -> Place {
        guard case .serial(let serial) = self else {
            if case .path(let path) = self { return .node(path) }
            return .missing
        }
        let matching = nodes.filter { $0.serial == serial || $0.longSerial == serial }
            .filter { $0.captures != false }
            .sorted { ($0.index, $0.number) < ($1.index, $1.number) }
        guard let first = matching.first else { return .missing }
        let devices = Set(matching.map(\.device))
        guard devices.count == 1 else { return .several(matching.map(\.path)) }
        return .node(first.path)
    }

    /// Whether it leads to this node.
    public func leads(to node: VideoNode, among nodes: [VideoNode]) -> Bool {
        switch self {
        case .path(let path): path == node.path || node.links.contains(path)
        case .serial: place(among: nodes) == .node(node.path)
        }
    }
}

extension VideoNode {
    /// What a plan should name it by: what stays the same longest, and means no other.
    public func bestAddress(among nodes: [VideoNode]) -> String {
        if let serial, serial.utf8.count <= 128, DeviceAddress.serial(serial).place(among: nodes) == .node(path) {
            return "usb:\(serial)"
        }
        // Where several have one serial number, udev's link by id leads to whichever came last.
        if let serial, case .several = DeviceAddress.serial(serial).place(among: nodes) { return linkByPath ?? path }
        return (serial == nil ? nil : linkByID) ?? linkByPath ?? path
    }
}
