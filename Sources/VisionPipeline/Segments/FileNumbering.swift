internal import Foundation
internal import Plans

/// Files that a sink numbers: `clip-%05d.mp4`.
struct FileNumbering {
    private let directory: String
    private let prefix: String
    private let suffix: String

    /// Nil for a location without one number, in its last part.
    init?(_ location: String) {
        let path = FilePath(location)
        guard location.count(where: { $0 == "%" }) == 1, let number = path.name.firstMatch(of: /%0?[0-9]*[du]/)
        else { return nil }
        directory = path.directory.isEmpty ? "." : path.directory
        prefix = String(path.name[..<number.range.lowerBound])
        suffix = String(path.name[number.range.upperBound...])
    }

    /// The number behind the highest that a file with something in it has; 0 when there is none.
    var next: Int32 { files.map(\.number).max().map { $0 + 1 } ?? 0 }

    /// The number behind that of the newest file, in a ring of so many; nil when there is none.
    func next(inRingOf count: Int32) -> Int32? {
        files.filter { $0.number < count }.max { ($0.written, $0.number) < ($1.written, $1.number) }
            .map { ($0.number + 1) % count }
    }

    /// Those with something in them.
    private var files: [(number: Int32, written: Date)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count,
                // `%5d` pads with blanks.
                let number = Int32(name.dropFirst(prefix.count).dropLast(suffix.count).drop { $0 == " " }),
                number >= 0, number < .max,
                let facts = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)"),
                facts[.size] as? Int ?? 0 > 0
            else { return nil }
            return (number, facts[.modificationDate] as? Date ?? .distantPast)
        }
    }
}
