#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One thread of an `EncoderPool`. It owns its encoder, and ends when its queue is closed.
enum EncoderThread {
    /// Nice value: capture and stages run at 0.
    private static let niceness: Int32 = 5
    /// libjpeg-turbo's own need is far below; eight MiB each would count against the worker's limit.
    private static let stackBytes = 1 << 20

    static func start(on queue: JobQueue) {
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
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        let argument = Unmanaged.passRetained(queue)
        let status = pthread_create(&thread, attributes, { EncoderThread.body($0) }, argument.toOpaque())
        // Without this thread the others do its work; without any, no picture is made and `dropped` shows it.
        if status != 0 { argument.release() }
    }

    private static func body(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let queue = Unmanaged<JobQueue>.fromOpaque(argument).takeRetainedValue()
        #if os(Linux)
        // On Linux a nice value belongs to a thread, and 0 means the calling one.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        #endif
        guard let encoder = try? PictureEncoder() else { return nil }
        while let job = queue.take() { job(encoder) }
        return nil
    }
}
