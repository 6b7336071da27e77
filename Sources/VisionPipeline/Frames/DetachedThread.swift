internal import Foundation
internal import Glibc

/// A thread that nobody waits for: it ends when its body does.
///
/// For work that blocks, or goes on as long as the process: a thread of a cooperative pool must do neither.
enum DetachedThread {
    /// Bytes of stack that the system gives a thread as a rule, and GStreamer its streaming threads.
    private static let usualStack = 8 << 20

    /// Starts a thread at once.
    ///
    /// - Parameters:
    ///   - name: what `top -H` shows; its first 15 bytes.
    ///   - stackBytes: of stack. They count against the worker's memory limit though hardly any is touched.
    ///   - niceness: 0, as capture has it, to 19, the last to be given a core.
    ///   - body: runs on the new thread.
    /// - Returns: false when the system gives no thread.
    @discardableResult
    static func start(
        name: String, stackBytes: Int = usualStack, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void
    ) -> Bool {
        // Allocated, not made by `pthread_attr_t()`: GLib's headers bring the type once more, and its initialiser
        // then counts as theirs.
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        defer {
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
        pthread_attr_setstacksize(attributes, stackBytes)
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Start(name: name, niceness: niceness, body: body))
        let status = pthread_create(&thread, attributes, { DetachedThread.run($0) }, argument.toOpaque())
        if status != 0 { argument.release() }
        return status == 0
    }

    /// What a new thread is handed.
    private final class Start: Sendable {
        let name: String
        let niceness: Int32
        let body: @Sendable () -> Void

        init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        Thread.current.name = shortened(start.name)
        // On Linux a nice value belongs to a thread, and 0 means the calling one.
        if start.niceness != 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, start.niceness) }
        start.body()
        return nil
    }

    /// As many whole characters as fit into 15 bytes: a longer name would be refused.
    private static func shortened(_ name: String) -> String {
        var name = name
        while name.utf8.count > 15 { name.removeLast() }
        return name
    }
}
