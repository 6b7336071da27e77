internal import Plans
internal import WorkerLink

/// Checks what a plan says of a stage or tap against the options it declares, and tells where each problem stands.
struct StageOptionsReader {
    private(set) var diagnostics: [Diagnostic] = []

    /// - Parameter range: where a missing option is reported.
    mutating func read(
        _ assignments: [PropertyAssignment], for declared: StageDescription, at range: SourceRange
    ) -> StageOptions {
        var declared = declared
        var placed: [PropertyAssignment] = []
        var given: [(name: String, value: StageOptions.Given)] = []
        for assignment in assignments {
            switch assignment.value {
            case .literal(let text): given.append((assignment.name, .text(text)))
            case .bound(let value, _): given.append((assignment.name, .value(value)))
            case .parameter where declared.options.contains { $0.name == assignment.name }:
                // Any value may come: what the declaration asks for is met.
                declared.options.removeAll { $0.name == assignment.name }
                continue
            case .parameter: given.append((assignment.name, .text("")))
            }
            placed.append(assignment)
        }
        do throws(StageOptionsError) {
            return try StageOptions(checking: given, against: declared)
        } catch {
            for problem in error.problems {
                let assignment = problem.index.map { placed[$0] }
                let isAboutName = problem.code == .unknownOption || problem.code == .duplicateProperty
                diagnostics.append(
                    Diagnostic(
                        .error, problem.code,
                        at: assignment.map { isAboutName ? $0.nameRange : $0.valueRange } ?? range, problem.message,
                        hint: problem.hint))
            }
            return StageOptions([:])
        }
    }
}
