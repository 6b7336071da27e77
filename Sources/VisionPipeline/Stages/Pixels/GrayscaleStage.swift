import WorkerLink

/// The luma plane alone: no copy, no arithmetic. The range tag stays, since the numbers stay.
struct GrayscaleStage: Stage {
    static let description = StageDescription(
        name: "grayscale", summary: "Keeps the picture's brightness and drops its colours.",
        oneAtATime: "there is no work in it to share out")

    init(options: StageOptions) {}

    func process(_ frame: Frame) throws -> Frame? {
        guard let luma = frame.luma else { throw StageError.format(frame.format, in: "grayscale") }
        return luma
    }
}
