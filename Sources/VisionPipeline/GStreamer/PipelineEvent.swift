/// What a pipeline says of itself, translated on the thread that said it.
enum PipelineEvent: Sendable {
    /// Every sink has seen the end of its stream.
    case endOfStream
    case failed(ElementFailure)
    case warning(ElementFailure)
    case stateChanged(PipelineState)
    /// Latencies are to be gathered again; not from a streaming thread.
    case latencyChanged
}

/// The states of a pipeline, in the order in which it goes through them.
enum PipelineState: Int32, Sendable, Comparable {
    case null = 1
    case ready, paused, playing

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An error or warning of one element, as GStreamer reports it.
struct ElementFailure: Sendable, Hashable {
    enum Domain: Sendable, Hashable {
        case resource, stream, core, library, other
    }

    var domain: Domain
    /// GStreamer's number within the domain.
    var code: Int32
    /// For people.
    var message: String
    /// What the element adds for developers, without source file and object path.
    var detail: String?
    /// The pipeline's own child that reported, or in which the reporter stands: a name from the launch text.
    var element: String
    /// That child's factory, for example `rtspsrc`.
    var factory: String
}
