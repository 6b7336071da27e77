/// An MP4 file is readable only once its index is written, at the very end: a recording that ends otherwise is lost.
struct FragileRecording: LintRule {
    private static let muxers: Set<String> = ["mp4mux", "qtmux", "3gppmux", "gppmux", "mj2mux", "ismlmux"]
    private static let remedies: [PropertyName] = [
        "fragment-duration", "reserved-moov-update-period", "reserved-max-duration",
    ]

    func check(_ flow: LintGraph, _ diagnostics: inout DiagnosticList) {
        for muxer in flow.nodes where flow.isLive(muxer) && flow.element(muxer).map(Self.muxers.contains) == true {
            let isSafe = Self.remedies.contains { muxer.sets($0) && flow.text($0, of: muxer) != "0" }
            let endsInFile = flow.chain(from: muxer).contains { flow.element($0) == "filesink" }
            guard !isSafe, endsInFile, let name = flow.element(muxer) else { continue }
            diagnostics.warning(
                .recordingLostAtCrash, at: muxer.range,
                "a recording by \(name) that does not end properly cannot be played, not even in part",
                hint:
                    "write splitmuxsink location=clip-%05d.mp4 max-size-time=60000000000, or \(name) fragment-duration=1000"
            )
        }
    }
}
