import WorkerLink

@testable import VisionPipeline

extension Stage {
    /// `process`, with the frame as a chain would give it to this stage.
    mutating func take(_ frame: Frame) throws -> Frame? {
        var converter = FrameConverter()
        let description = Self.description
        return try process(try converter.frame(frame, for: description.input, in: description.name))
    }
}
