internal import Foundation
internal import Plans

/// Files that a sink numbers: `clip-%05d.mp4`.
struct FileNumbering {
    private let directory: String
    private let prefix: String
    private let suffix: String

    /// Nil for a location without one number, in its last part.
    init?(_ location: String) {
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, location.count(where: { $0 == "%" }) == 1,
            let number = name.firstMatch(of: /%0?[0-9]*[du]/)
        else { return nil }
        directory = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/") + "/"
        prefix = String(name[..<number.range.lowerBound])
        suffix = String(name[number.range.upperBound...])
    }

    /// The number behind the highest that a file with something in it has; 0 when there is none.
    var next: Int32 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let numbers = names.compactMap { name -> Int32? in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count,
                // `%5d` pads with blanks.
                let number = Int32(name.dropFirst(prefix.count).dropLast(suffix.count).drop { $0 == " " }),
                number >= 0, number < .max, RecordedFile.holdsSomething("\(directory)/\(name)")
            else { return nil }
            return number
        }
        return numbers.max().map { $0 + 1 } ?? 0
    }
}

enum RecordedFile {
    /// Where a sink that writes one file goes on once there is something in that: `clip.mp4`, then `clip-1.mp4`, `clip-2.mp4`.
    ///
    /// - Returns: nil for another kind of sink, and where nothing would be written over.
    static func next(_ node: PlanNode, of factory: String) -> String? {
        let isOne = factory == "filesink" || factory == "splitmuxsink"
        guard isOne, let location = node.text(of: "location"), holdsSomething(location),
            factory == "filesink" || !location.contains("%")
        else { return nil }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        let name = parts.last.map(String.init) ?? ""
        let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
        let directory = location.dropLast(name.count)
        // As many as a disk has room for, and an end.
        return (1...1_000_000).lazy.map { "\(directory)\(name[..<dot])-\($0)\(name[dot...])" }
            .first { !FileManager.default.fileExists(atPath: $0) }
    }

    static func holdsSomething(_ path: String) -> Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return (size ?? 0) > 0
    }
}
