internal import Foundation
internal import Glibc

/// A thread for a stage's work. Its name is what `top -H` shows.
enum StageThread {
    /// As GStreamer's streaming threads have: libapriltag keeps arrays on the stack.
    private static let stackBytes = 8 << 20

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// - Returns: false when the system gives no thread.
    static func start(_ name: String, _ run: @escaping @Sendable () -> Void) -> Bool {
        // Allocated, not made by `pthread_attr_t()`: GLib's headers bring the type once more.
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        defer {
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
        pthread_attr_setstacksize(attributes, stackBytes)
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(name: name, run: run))
        let status = pthread_create(
            &thread, attributes,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                // At most 15 bytes.
                Thread.current.name = String(body.name.prefix(15))
                body.run()
                return nil
            }, argument.toOpaque())
        if status != 0 { argument.release() }
        return status == 0
    }
}
