/// One thread of an `EncoderPool`. It owns its encoder, and ends when its queue is closed.
enum EncoderThread {
    /// Capture and stages run at 0.
    private static let niceness: Int32 = 5
    /// libjpeg-turbo's own need is far below; eight MiB each would count against the worker's limit.
    private static let stackBytes = 1 << 20

    static func start(on queue: JobQueue) {
        // Without this thread the others do its work; without any, no picture is made and `dropped` shows it.
        DetachedThread.start(name: "encoder", stackBytes: stackBytes, niceness: niceness) {
            guard let encoder = try? PictureEncoder() else { return }
            while let job = queue.take() {
                job(encoder)
                queue.finish()
            }
        }
    }
}
