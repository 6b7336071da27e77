internal import CGStreamer
internal import Dispatch

/// The one owner of a GstPipeline. To be used from one thread at a time, never from a streaming thread: changing a
/// state joins those.
struct PipelineHandle: ~Copyable, @unchecked Sendable {  // a GstElement may be driven from any thread
    let element: UnsafeMutablePointer<GstElement>

    enum Transition {
        case done, pending
        /// A live source: nothing flows before PLAYING.
        case live
        case failed
    }

    /// - Parameter owning: a pipeline with a reference that passes to the handle.
    init(owning element: UnsafeMutablePointer<GstElement>) {
        self.element = element
        HTTPAnswers.install(on: element)
    }

    /// Clock, base time and start time as all pipelines of a plan share them.
    ///
    /// The system clock is CLOCK_MONOTONIC, so that base time + running time is an instant both processes know.
    func useSystemClock() {
        let clock = gst_system_clock_obtain()
        element.withMemoryRebound(to: GstPipeline.self, capacity: 1) { gst_pipeline_use_clock($0, clock) }
        gst_object_unref(clock)
        gst_element_set_start_time(element, GstClockTime.max)
    }

    /// - Parameter base: CLOCK_MONOTONIC, nanoseconds.
    func setBaseTime(_ base: Int64) {
        gst_element_set_base_time(element, GstClockTime(clamping: base))
    }

    func receiveEvents(_ receive: @escaping @Sendable (PipelineEvent) -> Void) {
        guard let bus = gst_element_get_bus(element) else { return }
        BusHandler.install(on: bus, receive: receive)
        gst_object_unref(bus)
    }

    func set(_ state: PipelineState) -> Transition {
        switch gst_element_set_state(element, GstState(rawValue: UInt32(state.rawValue))) {
        case GST_STATE_CHANGE_SUCCESS: .done
        case GST_STATE_CHANGE_ASYNC: .pending
        case GST_STATE_CHANGE_NO_PREROLL: .live
        default: .failed
        }
    }

    /// Lets every sink finish what it has, so that files are closed properly; `endOfStream` tells when.
    func sendEndOfStream() {
        gst_element_send_event(element, gst_event_new_eos())
    }

    /// Files end with what has come to their muxers: what is still on its way there is lost, and the rest can be played.
    ///
    /// - Parameter queue: where they are told; whoever tells them waits for one that hangs.
    /// - Returns: false where there is none.
    @discardableResult
    func endMuxers(on queue: DispatchQueue? = nil) -> Bool {
        // A bin that is one ends its own: it may hold back what they have not been given.
        let muxers = element.elements.filter { $0.pointer.isMuxer && !$0.pointer.isInMuxer }
        let end: @Sendable () -> Void = {
            for muxer in muxers {
                for pad in muxer.pointer.pads(.sink) { gst_pad_send_event(pad.pointer, gst_event_new_eos()) }
            }
        }
        if let queue { queue.async(execute: end) } else { end() }
        return !muxers.isEmpty
    }

    func gatherLatency() {
        element.withMemoryRebound(to: GstBin.self, capacity: 1) { _ = gst_bin_recalculate_latency($0) }
    }

    /// Ends the pipeline and waits for its threads. A hostile camera can hold this for a minute: whoever calls has a
    /// deadline and a process to end.
    consuming func stop() {
        RTSPSessions.of(element)?.end()
        HTTPAnswers.of(element)?.wait()
        gst_element_set_state(element, GST_STATE_NULL)
        if let bus = gst_element_get_bus(element) {
            BusHandler.remove(from: bus)
            gst_object_unref(bus)
        }
        gst_object_unref(element)
        discard self
    }

    deinit {
        assertionFailure("a pipeline is stopped before it is forgotten")
    }
}

extension UnsafeMutablePointer<GstElement> {
    fileprivate var isMuxer: Bool { factoryClasses.contains("Muxer") }

    fileprivate var isInMuxer: Bool {
        var parent = pointee.object.parent
        while let object = parent {
            if UnsafeMutableRawPointer(object).assumingMemoryBound(to: GstElement.self).isMuxer { return true }
            parent = object.pointee.parent
        }
        return false
    }
}
