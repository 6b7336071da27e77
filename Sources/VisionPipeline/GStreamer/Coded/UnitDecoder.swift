internal import CGStreamer
internal import Dispatch
internal import WorkerLink

/// Makes frames of access units in a pipeline of its own, `appsrc ! decoder ! videoconvert ! appsink`, as long as somebody wants them.
final class UnitDecoder: @unchecked Sendable {
    // `pipeline` is touched by who makes and stops it, on one queue; the appsrc takes buffers from any thread.

    let coding: VideoCoding
    private var pipeline: PipelineHandle?
    private let source: AppSource
    private let pictures: DecodedPictures
    /// With the units, by the one thread at a time that pushes.
    private var caps: StreamCaps?
    private var isContinuous = false
    /// Bytes that may wait; a decoder that is slower than its video does not catch up by having more.
    private static let backlog: UInt64 = 24 << 20

    /// - Parameters:
    ///   - reader: makes frames of what comes out.
    ///   - counts: of what could not be decoded.
    ///   - deliver: called on the decoder's thread.
    ///   - failed: on any thread, once.
    /// - Returns: nil where there is no decoder.
    init?(
        _ coding: VideoCoding, limit: PictureLimit, counting counts: DecodeCounts, reader: FrameReader,
        deliver: @escaping @Sendable (Frame) -> Void, failed: @escaping @Sendable (String) -> Void
    ) {
        guard let pipeline = gst_pipeline_new(nil) else { return nil }
        gst_object_ref_sink(pipeline)
        let handle = PipelineHandle(owning: pipeline)
        DecoderGuard.install(on: pipeline, limit: limit, counting: counts)
        let assembly = OutletAssembly(pipeline: pipeline, limit: limit)
        guard let ends = assembly.decoding(coding) else {
            handle.stop()
            return nil
        }
        self.coding = coding
        source = AppSource(ends.source)
        pictures = DecodedPictures(reader, deliver)
        AppSink.connect(ends.sink, to: pictures)
        handle.receiveEvents { event in if case .failed(let failure) = event { failed(failure.words) } }
        self.pipeline = consume handle
    }

    /// Takes units from now on.
    func play() { _ = pipeline?.set(.playing) }

    /// - Returns: false where too many wait, and this one is lost.
    func push(_ unit: AccessUnit) -> Bool {
        guard source.element.unsignedLong("current-level-bytes") < Self.backlog else {
            isContinuous = false
            return false
        }
        if caps !== unit.caps {
            gst_app_src_set_caps(source.pointer, unit.caps.pointer)
            caps = unit.caps
        }
        guard let buffer = unit.stamped(isContinuous: isContinuous) else { return true }
        isContinuous = true
        // Takes the buffer, whatever it answers.
        gst_app_src_push_buffer(source.pointer, buffer)
        return true
    }

    /// One was lost before the next.
    func lose() { isContinuous = false }

    /// Has what the decoder holds back come out, which is its last. Not on its own threads.
    ///
    /// - Returns: false where that takes longer.
    func finish(within seconds: Double) -> Bool {
        source.endOfStream()
        return pictures.waitForEnd(seconds: seconds)
    }

    func stop() {
        if let pipeline = pipeline.take() { pipeline.stop() }
        pictures.close()
    }
}

/// Frames of what a decoder gives. Confined to the appsink's streaming thread, but for its end.
private final class DecodedPictures: SampleReceiver, @unchecked Sendable {
    private var reader: FrameReader
    private let deliver: @Sendable (Frame) -> Void
    private let end = DispatchSemaphore(value: 0)

    init(_ reader: FrameReader, _ deliver: @escaping @Sendable (Frame) -> Void) {
        self.reader = reader
        self.deliver = deliver
    }

    func receive(_ sample: OpaquePointer) {
        if let frame = reader.read(sample, arrival: MonotonicClock.now()) { deliver(frame) }
    }

    func prerolled() {}
    func endOfStream() { end.signal() }
    func waitForEnd(seconds: Double) -> Bool { end.wait(timeout: .now() + seconds) == .success }

    /// Only when no thread streams any more.
    func close() { reader.close() }
}
