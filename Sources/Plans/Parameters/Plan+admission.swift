extension Plan {
    /// Checks values that arrive over the API by stricter rules than those of a command line.
    ///
    /// A parameter bound to a `location`, `device` or `uri` property must declare a format, and its value must obey
    /// it: `uri` is an rtsp or rtsps address without userinfo, `device` a video device, `path` a file inside the media
    /// directory. Defaults are the plan's own and are not asked.
    ///
    /// - Parameter mediaDirectory: where `path` values must lie; nil refuses all of them.
    /// - Returns: the values, paths made absolute and free of symbolic links; bind these.
    /// - Throws: `PlanError` with `parameter_format` for every value that breaks a rule.
    public func admitting(
        _ values: [String: ParameterValue], mediaDirectory: String?
    ) throws(PlanError) -> [String: ParameterValue] {
        var diagnostics = DiagnosticList()
        var admitted = values
        let uses = addressUses()
        for declaration in parameters {
            guard case .string(let text) = values[declaration.name] else { continue }
            let place = place(of: declaration.name)
            do throws(AdmissionProblem) {
                switch declaration.format {
                case .uri: try AddressRule.checkCamera(text)
                case .device: try AddressRule.checkDevice(text)
                case .path: admitted[declaration.name] = .string(try MediaPath.resolve(text, in: mediaDirectory))
                case .secret, nil:
                    guard let property = uses[declaration.name] else { continue }
                    throw AdmissionProblem(
                        "is bound to '\(property)', so over the API it needs a format: uri, device or path")
                }
            } catch {
                diagnostics.error(.parameterFormat, at: place, "'\(declaration.name)' \(error.message)")
            }
        }
        if diagnostics.hasErrors { throw PlanError(diagnostics.sorted) }
        return admitted
    }

    /// Parameters that say where something is, each with the property that it is bound to.
    private func addressUses() -> [String: String] {
        var uses: [String: String] = [:]
        for property in graph.nodes.flatMap(\.properties) {
            let name: String
            switch property.value {
            case .parameter(let parameter), .bound(_, let parameter): name = parameter
            case .literal: continue
            }
            let last = property.name.split(whereSeparator: { $0 == "-" || $0 == "_" || $0 == ":" }).last.map(
                String.init)
            if let last, ["location", "device", "uri"].contains(last) { uses[name] = property.name }
        }
        return uses
    }
}

/// Why a value is not taken, as the rest of a sentence that starts with the parameter's name.
struct AdmissionProblem: Error {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}
