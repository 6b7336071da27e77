import Plans

/// What somebody wants an instance to be.
struct WantedInstance: Sendable {
    /// What it takes to make it again.
    var record: RememberedInstance
    var origin: RequestOrigin
    /// Whoever has wanted something later has a greater one.
    var number: UInt64 = 0
    /// It is on disk, where there is a store.
    var isKept = false
    /// Of the options in `record`; of a fresh instance they begin anew.
    var revision = 0

    init(_ record: RememberedInstance, from origin: RequestOrigin) {
        self.record = record
        self.origin = origin
    }

    /// As it would be asked for again.
    var request: InstanceRequest {
        InstanceRequest(
            plan: record.plan, text: record.plan == nil ? record.text : nil, parameters: record.parameters,
            secrets: record.secrets)
    }

    /// What is remembered is what came over the API.
    var isRemembered: Bool { origin == .api }

    /// The operator's configuration says what it is.
    var isDeclared: Bool {
        if case .declared = origin { true } else { false }
    }
}

extension RememberedInstance {
    /// - Parameter created: CLOCK_MONOTONIC, nanoseconds.
    init(id: String, _ specification: InstanceSpecification, _ request: InstanceRequest, created: Int64) {
        self.init(
            id: id, plan: request.plan, text: specification.text, parameters: request.parameters ?? [:],
            secrets: request.secrets, created: CaptureTime.unixMicroseconds(created))
    }
}
