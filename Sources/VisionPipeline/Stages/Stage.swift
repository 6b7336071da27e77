public import WorkerLink

/// One step of vision work, on frames of one chain, called on one thread at a time.
///
/// Adding a stage is one file with a type like this and one line in `StageCatalog`.
public protocol Stage: SendableMetatype {
    /// Name, summary and options: the one declaration that parser, linter, API and docs serve from.
    static var description: StageDescription { get }

    /// - Throws: `StageError` when the options contradict each other; single values are already checked.
    init(options: StageOptions) throws

    /// The frame to pass on; nil drops it. A throw loses this frame, is counted, and ends nothing.
    mutating func process(_ frame: Frame) throws -> Frame?
}
