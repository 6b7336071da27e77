import Plans

/// The camera of an instance, as its plan reaches it.
struct InstanceCamera: Sendable, Hashable {
    /// `10.0.0.5`; a host's name is none.
    var host: NetworkAddress
    var user: String
    var password: String
}

extension InstanceManager {
    /// The one RTSP camera of an instance.
    ///
    /// - Throws: `ServiceError` `instance_unknown`, or `request_invalid` where its plan has none, several, or one that is named.
    func camera(of id: String) throws(ServiceError) -> InstanceCamera {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        let specification = slot.instance.specification
        let plan = (try? Plan(parsing: specification.text).binding(specification.parameters))?.reachingCameras
        let sources = plan?.graph.nodes.filter { node in
            if case .named("rtspsrc", _) = node.kind { true } else { false }
        }
        guard let source = sources?.first, sources?.count == 1 else {
            throw .invalidRequest("instance '\(id)' has not one RTSP camera; name the camera by its address")
        }
        guard let host = source.text("location").flatMap({ NetworkAddress(rtsp: $0) }) else {
            throw .invalidRequest(
                "the camera of instance '\(id)' is not named by an IP address; name the camera by its address")
        }
        return InstanceCamera(host: host, user: source.text("user-id") ?? "", password: source.text("user-pw") ?? "")
    }
}

extension PlanNode {
    fileprivate func text(_ property: PropertyName) -> String? {
        switch properties.last(where: { $0.property == property })?.value {
        case .literal(let text), .bound(.string(let text), _): text
        default: nil
        }
    }
}

extension NetworkAddress {
    /// Of an address without credentials.
    fileprivate init?(rtsp address: String) {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        let authority = address[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let parts = HostAndPort(authority), parts.isBracketed || !parts.host.contains(":") else { return nil }
        self.init(parts.host)
    }
}
