internal import Foundation
internal import Plans
internal import Synchronization
internal import WorkerLink

/// A worker's log: standard error, one line each, no credentials, and not the same over and over.
enum Log {
    private static let repeated = Mutex(RepeatedLines())

    static func write(_ message: String) {
        let now = MonotonicClock.now()
        guard let admitted = repeated.withLock({ $0.admit(message, at: now) }) else { return }
        let line = Redaction.masked(admitted).replacing("\n", with: " ") + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
