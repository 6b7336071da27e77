internal import Foundation

/// A path as a sink was given it, taken apart to give its file another name.
struct FilePath {
    /// With its slash; empty for the working directory.
    let directory: String
    let name: String

    init(_ path: String) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        directory = String(path.dropLast(name.count))
        self.name = name
    }

    /// The same with a number before what it ends in: `clip-1.mp4`.
    private func numbered(_ number: Int) -> String {
        let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<dot])-\(number)\(name[dot...])"
    }

    /// The first such path that leads to no file yet, or to one that nothing was written to: a sink makes its file before anything
    /// comes, and each attempt while a camera is away would leave one.
    var free: String? {
        // As many as a disk has room for, and an end.
        (1...1_000_000).lazy.map { directory + numbered($0) }.first { !Self.holdsSomething($0) }
    }

    /// The same for a pattern (`a-%d-%d.mp4`), whose files nobody can name beforehand: one that has not been there yet.
    var freePattern: String { directory + numbered(Int(Date.now.timeIntervalSince1970 * 1000)) }

    static func holdsSomething(_ path: String) -> Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return (size ?? 0) > 0
    }
}
