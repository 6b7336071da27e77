internal import Foundation
internal import Glibc

/// SIGTERM, taken by one thread that waits for it.
enum TerminationSignal {
    /// Keeps it from every thread; to be called while there is only one.
    static func block() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// - Parameter body: called on a thread of its own, each time the signal comes.
    static func onArrival(_ body: @escaping @Sendable () -> Void) {
        DetachedThread.start(name: "termination") {
            var set = Self.set
            var number: Int32 = 0
            while sigwait(&set, &number) == 0 { body() }
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        return set
    }
}
