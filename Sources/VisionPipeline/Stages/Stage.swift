public import WorkerLink

/// One step of vision work, on frames of one chain, called on one thread at a time.
///
/// Adding a stage is one file with a type like this and one line in `StageCatalog`; or, in a package of its own, a worker
/// whose catalogue has it (docs/writing-a-stage.md).
public protocol Stage: SendableMetatype {
    /// Name, summary and options: the one declaration that parser, linter, API and docs serve from.
    static var description: StageDescription { get }

    /// - Throws: `StageError` when the options contradict each other; single values are already checked.
    init(options: StageOptions) throws

    /// One more of these for a further worker, made of the same options: shares what both only read, such as tables, and nothing
    /// that is written while a frame is worked on.
    ///
    /// - Throws: `StageError`, as `init(options:)` does.
    init(beside first: Self, options: StageOptions) throws

    /// The frame to pass on; nil drops it. A throw loses this frame, is counted, and ends nothing.
    ///
    /// - Parameter frame: in one of the formats that `description.input` names, or JPEG; never to be written to.
    mutating func process(_ frame: Frame) throws -> Frame?

    /// Takes over what `former` has learnt, as far as that still holds with these options.
    ///
    /// When options change while the plan runs, a new stage is made of them, and this is the first thing it is asked,
    /// between two frames and on their thread. A stage that keeps nothing from frame to frame needs none.
    mutating func adopt(_ former: Self)
}

extension Stage {
    /// Shares nothing: for a stage whose options alone make it, at little cost.
    public init(beside first: Self, options: StageOptions) throws { try self.init(options: options) }

    /// `init(beside:options:)` for a stage whose type is not known here.
    func another(_ options: StageOptions) throws -> any Stage { try Self(beside: self, options: options) }

    /// Takes over nothing: for a stage that keeps nothing from frame to frame.
    public mutating func adopt(_ former: Self) {}

    /// `adopt` for a stage whose type is not known here; one of another type is left alone.
    mutating func succeed(_ former: any Stage) {
        if let former = former as? Self { adopt(former) }
    }
}
