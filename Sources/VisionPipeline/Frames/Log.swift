internal import Plans
internal import Foundation

/// A worker's log: standard error, one line each, no credentials.
enum Log {
    static func write(_ message: String) {
        let line = Redaction.masked(message).replacing("\n", with: " ") + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
