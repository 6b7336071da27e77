import ArgumentParser
import Foundation
import Plans
import Server

/// A plan that was named on the command line: a file's path, or the name of a plan in the plans directory.
struct PlanFile {
    /// As a diagnostic shows it.
    var path: String
    /// The file's name without `.plan`.
    var name: String
    var text: String

    /// - Throws: `ValidationError` when there is no such plan.
    init(_ argument: String, plans directory: String) throws {
        let beside = URL(filePath: directory).appending(path: "\(argument).plan").relativePath
        let candidates = argument.contains("/") || argument.hasSuffix(".plan") ? [argument] : [beside, argument]
        guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            let known = (try? PlanLibrary(directory: directory).names()) ?? []
            let hint = known.isEmpty ? "" : "; \(directory) has \(known.joined(separator: ", "))"
            throw ValidationError("there is no plan \(candidates.joined(separator: " or "))\(hint)")
        }
        self.path = path
        name = URL(filePath: path).deletingPathExtension().lastPathComponent
        text = try Self.read(path)
    }

    /// - Throws: `ValidationError` when the file cannot be read as UTF-8 text.
    static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw ValidationError("\(path) cannot be read: \(error.localizedDescription)")
        }
    }
}
