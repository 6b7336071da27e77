internal import CGStreamer

/// What an appsink calls, on its streaming thread.
protocol SampleReceiver: AnyObject {
    /// - Parameter sample: borrowed.
    func receive(_ sample: OpaquePointer)
    /// The first sample waits, in PAUSED.
    func prerolled()
    func endOfStream()
}

enum AppSink {
    /// Hands every sample to the receiver. The sink keeps the receiver until it is finalized.
    static func connect(_ sink: UnsafeMutablePointer<GstElement>, to receiver: any SampleReceiver & Sendable) {
        let context = Unmanaged.passRetained(Context(receiver)).toOpaque()
        var callbacks = GstAppSinkCallbacks()
        callbacks.new_sample = { sink, context in
            guard let sample = gst_app_sink_pull_sample(sink) else { return GST_FLOW_EOS }
            defer { gst_sample_unref(sample) }
            Context.receiver(context)?.receive(sample)
            return GST_FLOW_OK
        }
        callbacks.new_preroll = { _, context in
            // The sample stays in the sink and comes once more as the first of PLAYING.
            Context.receiver(context)?.prerolled()
            return GST_FLOW_OK
        }
        callbacks.eos = { _, context in Context.receiver(context)?.endOfStream() }
        sink.withMemoryRebound(to: GstAppSink.self, capacity: 1) {
            gst_app_sink_set_callbacks(
                $0, &callbacks, context, { if let held = $0 { Unmanaged<Context>.fromOpaque(held).release() } })
        }
    }

    private final class Context {
        let receiver: any SampleReceiver

        init(_ receiver: any SampleReceiver) { self.receiver = receiver }

        static func receiver(_ pointer: UnsafeMutableRawPointer?) -> (any SampleReceiver)? {
            pointer.map { Unmanaged<Context>.fromOpaque($0).takeUnretainedValue().receiver }
        }
    }
}
