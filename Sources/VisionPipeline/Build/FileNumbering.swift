internal import Foundation

/// Files that a sink numbers: `clip-%05d.mp4`.
struct FileNumbering {
    private let directory: String
    private let prefix: String
    private let suffix: String

    /// Nil for a location without one number in its last part.
    init?(_ location: String) {
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, name.count(where: { $0 == "%" }) == 1,
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
                let number = Int32(name.dropFirst(prefix.count).dropLast(suffix.count)), number >= 0, number < .max,
                let size = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")[.size] as? Int,
                size > 0
            else { return nil }
            return number
        }
        return numbers.max().map { $0 + 1 } ?? 0
    }

    /// The property of a sink that says where its numbers start.
    static func property(of factory: String) -> String? {
        ["splitmuxsink": "start-index", "multifilesink": "index"][factory]
    }
}
