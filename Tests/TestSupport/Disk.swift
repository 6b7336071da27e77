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

    public func remove() {
        umount(path)
        try? FileManager.default.removeItem(atPath: path)
    }
}
