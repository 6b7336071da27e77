import Dispatch
import Foundation
import Glibc
import Synchronization

/// The terminal's second screen, for something that is drawn again and again.
///
/// However the program ends (Ctrl-C, a signal, an error), the terminal is as it was before. Ctrl-Z gives it back meanwhile.
final class TerminalScreen: Sendable {
    /// xterm's second screen, which all terminals of today have, and no cursor.
    private static let entrance = "\u{1B}[?1049h\u{1B}[?25l"
    private static let exit = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

    private struct State {
        var isEntered = false
        /// The program ends.
        var isOver = false
        var isResized = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "streamtap.terminal")
    /// Written by `init` alone; held, nothing more.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// Whether standard output is a terminal that can do it.
    static var isThere: Bool {
        let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
        return isatty(STDOUT_FILENO) == 1 && !["", "dumb"].contains(kind)
    }

    /// <https://no-color.org>: whatever it holds, but nothing.
    private static let inColour = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    /// Takes the signals that concern a terminal. It is entered with the first page.
    init() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            handle(number) { screen in
                screen.state.withLock { $0.isOver = true }
                screen.leave()
                // Whoever has started this program sees what has ended it.
                Self.obey(number)
            }
        }
        handle(SIGTSTP) { screen in
            screen.leave()
            // Here it stands until it goes on.
            Self.obey(SIGTSTP)
            screen.state.withLock { $0.isResized = true }
        }
        handle(SIGWINCH) { screen in screen.state.withLock { $0.isResized = true } }
    }

    private func handle(_ number: CInt, _ body: @escaping @Sendable (TerminalScreen) -> Void) {
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [weak self] in self.map(body) }
        source.resume()
        sources.append(source)
    }

    /// Does what a signal does to a program that has no handler for it, before this returns.
    private static func obey(_ number: CInt) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        let handler = signal(number, SIG_DFL)
        // Dispatch's threads take no signals.
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(number, handler)
    }

    /// Whether it has another size now, or was away.
    func takeResize() -> Bool {
        state.withLock { state in
            defer { state.isResized = false }
            return state.isResized
        }
    }

    /// tty_ioctl(4); 80 by 24 where the terminal does not say.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// - Throws: `Complaint` when the terminal takes nothing any more.
    func show(_ page: ScreenPage) throws {
        let drawing = page.drawing(rows: size.rows, inColour: Self.inColour)
        try state.withLock { state in
            guard !state.isOver else { return }
            try StandardOutput.write((state.isEntered ? "" : Self.entrance) + drawing)
            state.isEntered = true
        }
    }

    /// Gives the terminal back; again does nothing.
    func leave() {
        state.withLock { state in
            guard state.isEntered else { return }
            state.isEntered = false
            try? StandardOutput.write(Self.exit)
        }
    }
}
