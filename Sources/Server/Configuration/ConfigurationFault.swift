/// Something that is wrong with the configuration, or that its author would rather know.
package struct ConfigurationFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Hashable {
        /// The server does not start with it, and a reload changes nothing.
        case error
        case warning
    }

    package var severity: Severity
    package var place: ConfigurationPlace
    /// A sentence without a full stop, in which no secret stands.
    package var message: String
    /// What to write instead, when that is known.
    package var hint: String?

    init(_ severity: Severity = .error, at place: ConfigurationPlace, _ message: String, hint: String? = nil) {
        self.severity = severity
        self.place = place
        self.message = message
        self.hint = hint
    }

    /// `streamtap.yaml:3:5: error: …`, on one line.
    package var description: String {
        "\(place.words): \(severity.rawValue): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}

extension [ConfigurationFault] {
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// In the order of the file, what stands elsewhere before it.
    func sortedByPlace() -> Self {
        func position(_ fault: ConfigurationFault) -> (Int, Int) {
            if case .file(_, let line, let column) = fault.place { (line, column) } else { (0, 0) }
        }
        return enumerated().sorted {
            let (one, other) = (position($0.element), position($1.element))
            return (one.0, one.1, $0.offset) < (other.0, other.1, $1.offset)
        }.map(\.element)
    }
}
