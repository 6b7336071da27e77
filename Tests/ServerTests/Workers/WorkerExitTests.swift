import Glibc
import Testing
import WorkerLink

@testable import Server

struct WorkerExitTests {
    @Test(
        "a worker that had no memory left is told from one that crashed",
        arguments: [
            (79, [], FailureReason.workerCrashed),
            (80, [], .resourceLimit),
            (10, ["GLib-ERROR: gmem.c:136: failed to allocate 99 bytes"], .resourceLimit),
            (10, ["GLib-ERROR: failed to allocate 99 bytes", "and something after it"], .resourceLimit),
            (
                10, ["terminate called after throwing an instance of 'std::bad_alloc'", "  what():  std::bad_alloc"],
                .resourceLimit
            ),
            (
                10, ["GLib: creating thread 'x': Error creating thread: Resource temporarily unavailable"],
                .resourceLimit
            ),
            (10, ["h264parse0: Cannot allocate memory"], .resourceLimit),
            (10, ["Segmentation fault"], .workerCrashed),
        ] as [(Int, [String], FailureReason)])
    func reason(percent: Int, lines: [String], reason: FailureReason) {
        let exit = WorkerExit(cause: .signaled(SIGABRT), lastLine: lines.last, lastLines: lines)
        #expect(exit.reason(dataBytes: percent << 20, memoryLimit: 100 << 20) == reason)
        #expect(WorkerExit(cause: .notStarted("x")).reason(dataBytes: 0, memoryLimit: 1) == .workerStart)
    }
}
