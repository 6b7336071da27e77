#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps file names that arrive over the network inside the media directory.
///
/// Names are looked at byte by byte, as the kernel does: to Swift a slash with a combining mark behind it is another
/// character, to the kernel it is a slash.
enum MediaPath {
    /// The absolute path of `text`, symbolic links resolved; a relative one starts at `directory`.
    ///
    /// A file that is yet to be written is fine when its directory exists.
    static func resolve(_ text: String, in directory: String?) throws(AdmissionProblem) -> String {
        guard let directory, let root = realPath(directory) else {
            throw AdmissionProblem("names a file, and the server has no media directory (--media DIR)")
        }
        try checkText(text)
        let full = text.utf8.first == slash ? text : "\(root)/\(text)"
        let resolved: String
        if let existing = realPath(full) {
            resolved = existing
        } else if !exists(full), let last = full.utf8.lastIndex(of: slash),
            let parent = realPath(String(decoding: full.utf8[...last], as: UTF8.self))
        {
            // `exists` is true for a link that leads nowhere: writing through it would leave the directory.
            resolved = (parent == "/" ? "" : parent) + String(decoding: full.utf8[last...], as: UTF8.self)
        } else {
            throw AdmissionProblem("names a file that does not exist in the media directory")
        }
        guard resolved.utf8.starts(with: (root == "/" ? "/" : root + "/").utf8) else {
            throw AdmissionProblem("must lie inside the media directory")
        }
        guard full.utf8.last != slash, !isDirectory(resolved) else {
            throw AdmissionProblem("must name a file, not a directory")
        }
        return resolved
    }

    private static let slash = UInt8(ascii: "/")

    private static func checkText(_ text: String) throws(AdmissionProblem) {
        guard !text.isEmpty, text.utf8.count <= 4096 else {
            throw AdmissionProblem("must be a file name of at most 4096 bytes")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw AdmissionProblem("holds a control character")
        }
        guard
            !text.utf8.split(separator: slash).contains(where: {
                $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8)
            })
        else {
            throw AdmissionProblem("must not hold '.' or '..' as a part of the path")
        }
        // Sinks that write many files use the name as a format: one number may stand in it, nothing else.
        let percents = text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).dropFirst()
        let isNumber = percents.allSatisfy { part in
            let digits = part.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return digits.count <= 2 && part.dropFirst(digits.count).first == UInt8(ascii: "d")
        }
        guard percents.count <= 1, isNumber else {
            throw AdmissionProblem("may hold one '%d' or '%05d', and no other '%'")
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    private static func exists(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0
    }
}
