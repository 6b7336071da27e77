internal import Plans
internal import WorkerLink

/// Makes a stage of what the plan, and who has changed it since, say of its options.
struct StageMaker: Sendable {
    let type: any Stage.Type
    let node: PlanNode

    struct Made {
        /// One for each of `workers`.
        var stages: [any Stage]
        var options: StageOptions
    }

    enum Failure: Error {
        /// Values that the declaration does not allow, each at its place in the plan.
        case options([Diagnostic])
        /// Each value is allowed, and the stage cannot be made of them all.
        case refused(Diagnostic)

        var diagnostics: [Diagnostic] {
            switch self {
            case .options(let all): all
            case .refused(let one): [one]
            }
        }
    }

    /// - Parameters:
    ///   - changes: options that count more than the plan's.
    ///   - former: the options so far, while the plan runs; some cannot change then.
    func make(changes: [String: ParameterValue], former: StageOptions? = nil) throws(Failure) -> Made {
        var reader = StageOptionsReader()
        let properties = node.properties(with: changes)
        let options = reader.read(properties, for: type.description, at: node.range)
        guard reader.diagnostics.isEmpty else { throw .options(reader.diagnostics) }
        if let former {
            let fixed = type.description.options.filter {
                !$0.isLive && options.values[$0.name] != former.values[$0.name]
            }
            guard fixed.isEmpty else { throw .options(fixed.map { fixedOption($0.name) }) }
        }
        do {
            let count = options.integer(StageOptionDescription.workers.name) ?? 1
            let first = try type.init(options: options)
            let others = try (0..<max(count - 1, 0)).map { _ in try first.another(options) }
            return Made(stages: [first] + others, options: options)
        } catch {
            let message = (error as? StageError)?.message ?? "\(error)"
            throw .refused(
                Diagnostic(.error, .optionRange, at: node.range, "'\(type.description.name)': \(message)"))
        }
    }

    private func fixedOption(_ name: String) -> Diagnostic {
        Diagnostic(
            .error, .optionNotLive, at: node.range, "'\(name)' cannot change while the plan runs",
            hint: "write it into the plan and start the instance anew")
    }
}

extension PlanNode {
    /// What was changed stands where the plan says it, or where the plan names the stage.
    fileprivate func properties(with changes: [String: ParameterValue]) -> [PropertyAssignment] {
        let written = properties.map { assignment in
            guard let value = changes[assignment.name] else { return assignment }
            var changed = assignment
            changed.value = .bound(value, parameter: assignment.name)
            return changed
        }
        let added = changes.sorted { $0.key < $1.key }.filter { name, _ in !properties.contains { $0.name == name } }
        return written
            + added.map { name, value in
                PropertyAssignment(
                    name: name, value: .bound(value, parameter: name), nameRange: range, valueRange: range)
            }
    }
}
