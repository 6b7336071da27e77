import Foundation
import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Ends the process 3 s after it was told to stop, whatever hangs.
enum ExitDeadline {
    private static let hasStarted = Atomic<Bool>(false)
    private static let seconds = 2.9

    /// Its own thread: the queues and loops that everything else runs on may be what hangs.
    static func start(logger: Logger, log: LogOutput?) {
        guard !hasStarted.exchange(true, ordering: .relaxed) else { return }
        Thread.detachNewThread {
            // There is nothing to wait for but the time: what else would end the process has ended it by then.
            Thread.sleep(forTimeInterval: seconds)
            logger.warning("something did not stop within \(seconds) s")
            log?.flush(within: 0.05)
            _exit(0)
        }
    }
}
