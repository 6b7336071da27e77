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
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ValidationError("there is no file \(path)")
        }
        guard !isDirectory else { throw ValidationError("\(path) is a directory; a plan is a file") }
        // A handle reads pipes as well: `streamtap check /dev/stdin`.
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() ?? Data() else {
            throw ValidationError("\(path) cannot be read")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ValidationError("\(path) is no UTF-8 text, which a plan is")
        }
        return text
    }
}
