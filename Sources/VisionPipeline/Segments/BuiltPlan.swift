internal import Dispatch
internal import Plans
internal import WorkerLink

/// A plan ready to run.
final class BuiltPlan {
    let segments: [BuiltSegment]
    /// In the order of `compiled.taps`.
    let taps: [StreamTap]
    /// In the order of the text.
    let stages: [StageControl]
    let compiled: CompiledPlan
    /// Signalled whenever an outlet has its first frame, or has none to come.
    let onPreroll: DispatchSemaphore

    init(
        segments: [BuiltSegment], taps: [StreamTap], stages: [StageControl], compiled: CompiledPlan,
        onPreroll: DispatchSemaphore
    ) {
        self.segments = segments
        self.taps = taps
        self.stages = stages
        self.compiled = compiled
        self.onPreroll = onPreroll
    }

    /// Ends every pipeline; not from a streaming thread. For a plan that does not run.
    func stop() {
        for segment in segments { segment.stop() }
    }
}
