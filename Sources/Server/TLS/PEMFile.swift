import Foundation
import Glibc
import SystemPackage

/// A text file that holds certificates or a key (RFC 7468), as people have them: alone, or all in one.
struct PEMFile: Sendable {
    let path: String
    /// What the file is for, to tell people.
    let purpose: String

    private static let limit = 1 << 20

    /// All certificates in it, the server's own first.
    ///
    /// - Throws: `ServiceError` with words for people.
    func certificates() throws(ServiceError) -> String {
        let blocks = try read().filter { $0.label == "CERTIFICATE" }
        guard !blocks.isEmpty else { throw trouble("has no certificate in it: no line '-----BEGIN CERTIFICATE-----'") }
        return blocks.map(\.text).joined(separator: "\n") + "\n"
    }

    /// The first key in it.
    ///
    /// - Throws: `ServiceError` with words for people.
    func key() throws(ServiceError) -> String {
        guard let block = try read().first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            throw trouble("has no key in it: no line '-----BEGIN PRIVATE KEY-----'")
        }
        guard block.label != "ENCRYPTED PRIVATE KEY", !block.text.contains("ENCRYPTED") else {
            throw trouble(
                "is protected by a password, which nobody is there to type; 'openssl pkey -in FILE' takes it off")
        }
        return block.text + "\n"
    }

    /// Whether others than its owner and group may read it.
    var isOpenToAll: Bool {
        (try? Stat(FilePath(path)))?.permissions.contains(.otherRead) ?? false
    }

    private func trouble(_ what: String) -> ServiceError { .configuration("the \(purpose) \(path) \(what)") }

    private func read() throws(ServiceError) -> [(label: String, text: String)] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw trouble("cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: false)
        guard let bytes = try? handle.read(upToCount: Self.limit + 1) ?? Data() else { throw trouble("cannot be read") }
        guard bytes.count <= Self.limit else { throw trouble("is larger than 1 MiB") }
        return Self.blocks(String(decoding: bytes, as: UTF8.self))
    }

    private static func blocks(_ text: String) -> [(label: String, text: String)] {
        var blocks: [(String, String)] = []
        var label: Substring?
        var lines: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline).map({ $0.drop(while: \.isWhitespace) }) {
            if line.hasPrefix("-----BEGIN "), let end = line.dropFirst(11).range(of: "-----") {
                label = line[line.index(line.startIndex, offsetBy: 11)..<end.lowerBound]
                lines = []
            }
            lines.append(line)
            if let begun = label, line.hasPrefix("-----END \(begun)-----") {
                blocks.append((String(begun), lines.joined(separator: "\n")))
                label = nil
            }
        }
        return blocks
    }
}
