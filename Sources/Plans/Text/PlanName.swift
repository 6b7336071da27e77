/// The grammar of plan, instance, tap and parameter names: `[a-z0-9][a-z0-9_-]{0,63}`.
///
/// Small enough to be safe in an address, a file name and a metric's label.
public enum PlanName {
    static let rule = "use lower-case letters, digits, '-' and '_', 64 at most, a letter or digit first"

    /// Characters of a name, at most.
    public static let longest = 64

    /// Whether `name` obeys the grammar.
    public static func isValid(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, scalars.count <= longest, first != "-", first != "_" else { return false }
        return scalars.allSatisfy { scalar in
            (scalar.value >= 0x61 && scalar.value <= 0x7A) || scalar.isASCIIDigit || scalar == "-" || scalar == "_"
        }
    }

    /// The nearest valid name, nil when nothing of it is left.
    static func repaired(_ name: String) -> String? {
        var result = ""
        for scalar in name.lowercased().unicodeScalars.prefix(longest) {
            let valid = scalar.isASCIIAlphanumeric || scalar == "_" || scalar == "-"
            if result.isEmpty, !scalar.isASCIIAlphanumeric { continue }
            result.unicodeScalars.append(valid ? scalar : "-")
        }
        return isValid(result) ? result : nil
    }

    /// Element names are GStreamer's: what `NAME.` can refer to.
    static func isValidElementName(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, first.startsIdentifier, scalars.count <= 128 else { return false }
        return scalars.allSatisfy(\.continuesIdentifier)
    }
}
