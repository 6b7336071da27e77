import SystemPackage

/// A file that somebody has put into a directory by a name. A pipe or a device of that name would keep its reader waiting, and with the
/// reader whoever waits for an actor.
enum RegularFile {
    /// What is in it, from the beginning.
    ///
    /// - Parameter limit: so many bytes at most.
    /// - Returns: nil where there is no such file, or none that may be opened.
    /// - Throws: `Errno` where it cannot be read to its end.
    static func bytes(of path: String, upTo limit: Int) throws(Errno) -> [UInt8]? {
        // Without waiting for who writes into a pipe.
        let options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: options) else { return nil }
        do {
            return try file.closeAfter {
                guard try file.stat().type == .regular else { return nil }
                return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                    while count < limit {
                        let free = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                        let read = try file.read(into: free)
                        guard read > 0 else { break }
                        count += read
                    }
                }
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
