import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What SIGHUP means: read the configuration again, or that the terminal has gone.
struct HangUp: Sendable {
    /// Whoever started this process wants it to outlive its terminal, as `nohup` does.
    private let isIgnored: Bool
    private let hadTerminal: Bool

    /// To be made before the signal has a handler.
    init() {
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        // The handler is a number in the place of an address.
        isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
        hadTerminal = Self.hasTerminal
    }

    /// The kernel tells so when the terminal of whoever started the server closes.
    var isEnd: Bool { !isIgnored && hadTerminal && !Self.hasTerminal }

    private static var hasTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
