import Foundation

/// Which rooms (folders of a module) use which, found in the sources: who declares a type and who names it.
///
/// Imports cannot tell: inside a module there are none. A room is a folder right below the module's; files beside the
/// rooms put them together, may use all and be used by none.
struct Arrows {
    /// For each room, the types of other rooms of its module that it names.
    private(set) var uses: [String: [String: Set<String>]] = [:]

    /// - Parameter sources: texts by their path below the module's folder, such as `Taps/Lane.swift`.
    init(sources: [String: String]) {
        let declaration =
            #/(?m)^(?:(?:public|package|final|indirect|@\w+(?:\([^)]*\))?) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/#
        var home: [String: String] = [:]
        for (path, text) in sources {
            for type in text.matches(of: declaration) { home[String(type.1)] = Self.room(path) }
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

    /// Those that run back, as `room → other (Type, …)`.
    ///
    /// - Parameter levels: rooms that may be used come before those that use them; rooms of one level do not know each other.
    func backward(in levels: [[String]]) -> [String] {
        var level = ["": levels.count]
        for (number, rooms) in levels.enumerated() { for room in rooms { level[room] = number } }
        return uses.flatMap { room, others in
            others.compactMap { other, types in
                if let from = level[room], let to = level[other], to < from { return nil }
                return "\(room) → \(other) (\(types.sorted().joined(separator: ", ")))"
            }
        }.sorted()
    }

    private static func room(_ path: String) -> String {
        path.contains("/") ? String(path.prefix { $0 != "/" }) : ""
    }
}
