extension Plan {
    /// The same plan with RTSP cameras as they are best reached: over TCP and with an end to each wait where the text says nothing,
    /// and by a user's name and a password that stand where no parser of addresses stumbles over them.
    ///
    /// Told nothing, `rtspsrc` takes UDP first, and over UDP it sends to any address that the server names. To be asked once values are
    /// bound.
    public var reachingCameras: Plan {
        var plan = self
        for index in plan.graph.nodes.indices {
            guard case .named(let element, _) = plan.graph.nodes[index].kind else { continue }
            plan.graph.nodes[index].reachCamera(isSource: element == "rtspsrc")
        }
        return plan
    }
}

extension PlanNode {
    fileprivate mutating func reachCamera(isSource: Bool) {
        let property: PropertyName = isSource ? "location" : "uri"
        let place = properties.lastIndex { $0.property == property }
        let camera = place.flatMap { properties[$0].value.knownText }.flatMap { CameraAddress($0) }
        if let place, let camera {
            properties[place].value = properties[place].value.holding(isSource ? camera.address : camera.encoded)
        }
        guard isSource else { return }
        if let user = camera?.user, let password = camera?.password {
            // What stands in the address counts more, as with rtspsrc itself.
            properties.removeAll { ["user-id", "user-pw"].contains($0.property) }
            set("user-id", user)
            set("user-pw", password)
        }
        let scheme = camera?.address.prefix { $0 != ":" }.lowercased() ?? ""
        let saysTransport = !["", "rtsp", "rtsps"].contains(scheme)
        if !saysTransport, !sets("protocols") { set("protocols", "tcp") }
        // Microseconds; rtspsrc's own is 20 s.
        if !sets("tcp-timeout") { set("tcp-timeout", "5000000") }
    }

    private mutating func set(_ name: String, _ value: String) {
        properties.append(
            PropertyAssignment(name: name, value: .literal(value), nameRange: range, valueRange: range))
    }
}

extension PropertyValue {
    /// Nil for a parameter without a value, and for what is no text.
    fileprivate var knownText: String? {
        switch self {
        case .literal(let text), .bound(.string(let text), _): text
        default: nil
        }
    }

    /// The same kind of value with another text.
    package func holding(_ text: String) -> PropertyValue {
        if case .bound(_, let parameter) = self { .bound(.string(text), parameter: parameter) } else { .literal(text) }
    }
}
