import Foundation
import Glibc

/// A file system of its own, with little room.
public struct Disk: Sendable {
    public let path: String

    /// Mounting takes rights that a test may not have.
    public static let isPossible: Bool = {
        guard let disk = try? Disk(kilobytes: 64) else { return false }
        disk.remove()
        return true
    }()

    public init(kilobytes: Int) throws {
        path = try TemporaryDirectory().path
        guard mount("none", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
            try? FileManager.default.removeItem(atPath: path)
            throw POSIXError(.EPERM)
        }
    }

    /// Writes to it until nothing more goes there.
    public func fill() throws {
        let ballast = "\(path)/ballast"
        guard FileManager.default.createFile(atPath: ballast, contents: nil),
            let file = FileHandle(forWritingAtPath: ballast)
        else { throw POSIXError(.ENOENT) }
        defer { try? file.close() }
        while (try? file.write(contentsOf: Data(count: 4096))) != nil {}
    }

    /// Takes away what `fill` wrote.
    public func clear() throws {
        try FileManager.default.removeItem(atPath: "\(path)/ballast")
    }

    /// Whether it can only be read.
    public func makeReadOnly(_ isReadOnly: Bool = true) throws {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        guard mount("none", path, "tmpfs", flags, nil) == 0 else { throw POSIXError(.EBUSY) }
    }

    public func remove() {
        umount(path)
        try? FileManager.default.removeItem(atPath: path)
    }
}
