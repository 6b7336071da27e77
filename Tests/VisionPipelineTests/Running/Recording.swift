import Foundation
import TestSupport

/// A place for files that a test's plan writes, and what ffprobe says of them.
struct Recording {
    let directory: URL

    init() throws {
        directory = try TemporaryDirectory().url
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appending(path: name).path }

    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
    }

    /// - Throws: when the file cannot be played.
    func facts(_ name: String) throws -> FilmFacts { try FilmFacts(of: path(name)) }
}
