extension Plan {
    /// Checks values that arrive over the API by stricter rules than those of a command line.
    ///
    /// A parameter bound to a property that names something outside, `location` and its like, must declare a format, and its value must obey
    /// it: `uri` is a camera's address without userinfo, `device` a video device, `path` a file inside the media
    /// directory. Defaults are the plan's own and are not asked.
    ///
    /// - Parameters:
    ///   - mediaDirectory: where `path` values must lie; nil refuses all of them.
    ///   - cameras: where cameras may be; a host's name is looked up later, by whoever connects.
    /// - Returns: the values, paths made absolute and free of symbolic links; bind these.
    /// - Throws: `PlanError` with `parameter_format` for every value that breaks a rule.
    public func admitting(
        _ values: [String: ParameterValue], mediaDirectory: String?, cameras: AddressPolicy = AddressPolicy()
    ) throws(PlanError) -> [String: ParameterValue] {
        var diagnostics = DiagnosticList()
        var admitted = values
        let uses = outsideUses()
        for declaration in parameters {
            guard case .string(let text) = values[declaration.name] else { continue }
            let place = place(of: declaration.name)
            do throws(AdmissionProblem) {
                switch declaration.format {
                case .uri:
                    let schemes = declaration.schemes ?? AddressRule.usualSchemes
                    try AddressRule.checkCamera(text, schemes: schemes)
                    try checkReader(of: text, declaration.name)
                    guard cameras.admits(camera: text, schemes: schemes) else {
                        throw AdmissionProblem(
                            "leads to no address that a camera may have here (--camera-network says which may be)")
                    }
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

    /// Where an HTTP camera sends its clients can be held to the rules with `souphttpsrc` alone.
    private func checkReader(of address: String, _ parameter: String) throws(AdmissionProblem) {
        guard address.lowercased().hasPrefix("http") else { return }
        let readers = graph.nodes.filter { $0.properties.contains { $0.parameterName == parameter } }
        for reader in readers {
            if case .named("souphttpsrc", _) = reader.kind { continue }
            throw AdmissionProblem("may be an HTTP address for souphttpsrc only")
        }
    }

    /// Parameters that say where something is, each with the property that it is bound to.
    private func outsideUses() -> [String: String] {
        var uses: [String: String] = [:]
        for property in graph.nodes.flatMap(\.properties) where property.property.namesSomethingOutside {
            if let name = property.parameterName { uses[name] = property.name }
        }
        return uses
    }

    /// Parameters that say where the elements lead to which a parameter is given: who sets them decides who reads it.
    public func addresses(beside parameter: String) -> Set<String> {
        let holders = graph.nodes.filter { $0.properties.contains { $0.parameterName == parameter } }
        return Set(holders.flatMap(\.properties).filter(\.property.namesSomethingOutside).compactMap(\.parameterName))
    }
}

/// Why a value is not taken, as the rest of a sentence that starts with the parameter's name.
struct AdmissionProblem: Error {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}
