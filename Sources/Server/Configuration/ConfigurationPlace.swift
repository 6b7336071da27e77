/// Where something of the configuration was said.
package enum ConfigurationPlace: Sendable, Hashable {
    /// A flag of the command line, without its dashes.
    case flag(String)
    /// A variable of the environment.
    case variable(String)
    /// In the file: line and column begin with 1.
    case file(String, line: Int, column: Int)
    /// The file as a whole.
    case wholeFile(String)
    /// By several values together.
    case together
    /// By nobody: it is the default.
    case standard

    /// The lower, the more it counts.
    var rank: Int {
        switch self {
        case .flag: 0
        case .variable: 1
        case .file, .wholeFile, .together: 2
        case .standard: 3
        }
    }

    /// As compilers write it, where it is in a file.
    package var words: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .variable(let name): name
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .wholeFile(let path): path
        case .together: "configuration"
        case .standard: "default"
        }
    }
}
