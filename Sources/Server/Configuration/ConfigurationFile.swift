import Foundation
import SystemPackage

/// The file of a server's configuration, as it was read.
struct ConfigurationFile: Sendable {
    /// Far beyond what anybody writes.
    static let byteLimit = 1 << 20
    /// The one that is read where none is named, if it is there.
    static let standardPath = "/etc/streamtap/streamtap.yaml"

    let path: String
    let text: String
    /// Nil of pipes and terminals, of which nobody asks.
    private let status: Stat?

    /// - Throws: `ConfigurationFault` where it cannot be read as text.
    init(_ path: String) throws(ConfigurationFault) {
        self.path = path
        let (bytes, status): ([UInt8], Stat)
        do {
            (bytes, status) = try Self.read(path)
        } catch {
            throw ConfigurationFault(at: .wholeFile(path), "cannot be read: \(error)")
        }
        self.status = status.type == .regular ? status : nil
        guard bytes.count <= Self.byteLimit else {
            throw ConfigurationFault(at: .wholeFile(path), "has more than \(Self.byteLimit >> 20) MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationFault(
                at: .wholeFile(path), "is no UTF-8 text",
                hint: bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
                    ? "it seems to be UTF-16" : nil)
        }
        self.text = text
    }

    /// One byte more than there may be, at most.
    private static func read(_ path: String) throws -> ([UInt8], Stat) {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            let status = try file.stat()
            guard status.type != .directory else { throw Errno.isDirectory }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while bytes.count <= byteLimit {
                // What cannot be read to its end would mean something else.
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { break }
                bytes += buffer.prefix(count)
            }
            return (bytes, status)
        }
    }

    /// Whether one that need not be there is.
    static func exists(_ path: String) -> Bool {
        do {
            _ = try FilePath(path).stat()
            return true
        } catch {
            // One that may not be read is there, too, and is to say so.
            return error == Errno.permissionDenied
        }
    }

    /// What its author ought to know of who may read and change it.
    ///
    /// - Parameter holdsSecrets: something in it is nobody else's business.
    func warnings(holdsSecrets: Bool) -> [ConfigurationFault] {
        guard let status else { return [] }
        var warnings: [ConfigurationFault] = []
        if !status.permissions.isDisjoint(with: [.groupWrite, .otherWrite]) {
            warnings.append(
                ConfigurationFault(
                    .warning, at: .wholeFile(path),
                    "others may write this file, and with it say which programs are run", hint: "chmod go-w \(path)"))
        }
        if status.userID.rawValue != 0, status.userID.rawValue != geteuid() {
            warnings.append(
                ConfigurationFault(
                    .warning, at: .wholeFile(path), "this file belongs to another user, who may change it"))
        }
        if holdsSecrets, status.permissions.contains(.otherRead) {
            warnings.append(
                ConfigurationFault(
                    .warning, at: .wholeFile(path), "this file holds passwords, and everybody may read it",
                    hint: "chmod o-r \(path), or store them as secrets and name those"))
        }
        return warnings
    }
}
