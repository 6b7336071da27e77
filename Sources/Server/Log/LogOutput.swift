import Foundation
package import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the log goes, and how it is written there.
package struct LogOutput: Sendable {
    private let queue: LineQueue
    private let format: LogFormat
    private let isForJournal: Bool
    private let threshold = LogThreshold()

    /// The least that is written, by whomever; a reload may change it.
    package var level: Logger.Level {
        get { threshold.level }
        nonmutating set { threshold.level = newValue }
    }

    /// - Parameters:
    ///   - descriptor: nobody else's to write to.
    ///   - environment: says whether the journal reads there.
    package init(
        _ descriptor: Int32 = STDERR_FILENO, format: LogFormat = .text,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let isForJournal = Self.leadsToJournal(descriptor, environment["JOURNAL_STREAM"])
        self.format = format
        self.isForJournal = isForJournal
        queue = LineQueue(descriptor: descriptor) { count in
            let words = count == 1 ? "1 line of the log was not written" : "\(count) lines of the log were not written"
            return format.line(
                LogRecord(time: Date(), level: .warning, message: words, metadata: [:]), isForJournal: isForJournal)
        }
    }

    /// Lines that were not written since the beginning.
    package var lost: Int { queue.lost }

    /// Waits until everything has been written or lost, and no longer than that.
    package func flush(within seconds: Double) { queue.flush(within: seconds) }

    /// Returns at once.
    func write(_ record: LogRecord) { queue.write(format.line(record, isForJournal: isForJournal)) }

    /// systemd names the device and the inode of what it reads; a shell may have put another file there since.
    private static func leadsToJournal(_ descriptor: Int32, _ stream: String?) -> Bool {
        guard let stream else { return false }
        guard let status = try? FileDescriptor(rawValue: descriptor).stat() else { return false }
        return stream == "\(status.deviceID.rawValue):\(status.inode.rawValue)"
    }
}
