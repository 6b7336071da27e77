import Foundation

/// Which rooms (folders of a module) use which, found in the sources: who declares a type and who names it.
///
/// Imports cannot tell: inside a module there are none. A room is the folder right below the module's; files beside the
/// rooms, which put them together, may use all and be used by none.
struct Arrows {
    /// For each room, the types of other rooms of its module that it names.
    private(set) var uses: [String: [String: Set<String>]] = [:]

    /// - Parameter sources: texts by their path below the module's folder, such as `Taps/Lane.swift`.
    init(sources: [String: String]) {
        var home: [String: String] = [:]
        for (path, text) in sources {
            let types = text.matches(
                of: #/(?m)^(?:(?:public|package|internal|final|indirect|nonisolated|@\w+(?:\([^)]*\))?) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/#)
            for type in types { home[String(type.1)] = Self.room(path) }
        }
        for (path, text) in sources {
            let room = Self.room(path)
            let code = text.replacing(#/\/\/[^\n]*|"{3}[\s\S]*?"{3}|"(?:\\.|[^"\\\n])*"/#, with: "")
            // A name behind a dot is a member's or a nested type's.
            for word in code.matches(of: #/(?:^|[^.\w])([A-Z]\w*)/#) {
                let type = String(word.1)
                guard let other = home[type], other != room else { continue }
                uses[room, default: [:]][other, default: []].insert(type)
            }
        }
    }

    private static func room(_ path: String) -> String {
        path.contains("/") ? String(path.prefix { $0 != "/" }) : ""
    }
}
