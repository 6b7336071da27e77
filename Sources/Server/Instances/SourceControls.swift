import Plans
package import VideoDevices

/// What can be set on the camera of a source, as the API shows it. Keys are a contract.
package struct SourceControls: Sendable, Hashable, Encodable {
    /// Node id.
    package var source: String
    /// As the plan names it.
    package var device: String
    /// Where it is just now.
    package var path: String
    /// In the driver's order.
    package var controls: [DeviceControl]
    /// What was set since the plan was written, and is set again whenever the camera comes back.
    package var changes: [String: Int64]
}

extension DeviceControl {
    /// What is meant by a value of the API's: a number, true or false, or the name of a choice.
    ///
    /// - Throws: `ServiceError` `controls_invalid`.
    func value(_ given: ParameterValue) throws(ServiceError) -> Int64 {
        switch (given, kind) {
        case (.integer(let number), _): return number
        case (.number(let number), _):
            if let whole = Int64(exactly: number) { return whole }
        case (.boolean(let isOn), .boolean), (.boolean(let isOn), .button): return isOn ? 1 : 0
        case (.string(let name), .choice):
            let named = choices?.first { $0.name.lowercased() == name.lowercased() }
            if let named { return named.value }
        default: break
        }
        let expected =
            switch kind {
            case .integer, .bits: "a whole number from \(minimum) to \(maximum)"
            case .boolean: "true or false"
            case .button: "true"
            case .choice: "one of \((choices ?? []).map { "\($0.value) (\($0.name))" }.joined(separator: ", "))"
            }
        throw .invalidControls("'\(name)' is \(expected)")
    }
}

extension ServiceError {
    static func unknownSource(_ source: String, instance: String) -> Self {
        Self(
            .sourceUnknown,
            "no source of instance '\(instance)' is named '\(source.prefix(80))' and takes a camera at this machine")
    }
    static func invalidControls(_ words: String) -> Self { Self(.controlsInvalid, words) }
    static func unavailableDevice(_ device: String, _ words: String) -> Self {
        Self(.deviceUnavailable, "the camera \(device) cannot be asked: \(words)")
    }
}
