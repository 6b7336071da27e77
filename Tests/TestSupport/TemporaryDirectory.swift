public import Foundation
import Synchronization

/// A new directory for one test's files.
///
/// It is there until the tests end, since programs that a test has started may read it as long as they run.
public struct TemporaryDirectory: Sendable {
    public let path: String

    public var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

    public init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "test-files-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Self.made.withLock { $0.append(path) }
        _ = Self.removal
    }

    /// Writes a file.
    ///
    /// - Returns: its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    /// Removes it before the tests end.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static let made = Mutex<[String]>([])
    private static let removal: Void = {
        atexit { TemporaryDirectory.made.withLock { $0 }.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    }()
}
