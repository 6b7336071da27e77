public import WorkerLink

/// The vision stages that plans may name: StreamTap's own, and those that a program adds to them.
public struct StageCatalog: Sendable {
    /// In the order in which they are listed; each name once.
    public private(set) var stages: [any Stage.Type] = []

    /// StreamTap's own, one line each.
    public static let builtIn = StageCatalog([
        GrayscaleStage.self,
        BlurStage.self,
        ContrastStage.self,
        ThresholdStage.self,
        MorphologyStage.self,
        EdgesStage.self,
        CropStage.self,
        ResizeStage.self,
        RotateStage.self,
        UndistortStage.self,
        MaskStage.self,
        AprilTagStage.self,
        MotionStage.self,
        TrackStage.self,
        ZonesStage.self,
        OverlayStage.self,
    ])

    /// A catalogue of these stages; of two with one name, the later one.
    public init(_ stages: [any Stage.Type]) {
        for stage in stages { add(stage) }
    }

    /// These stages and more; one that has the name of another takes its place.
    public func adding(_ more: any Stage.Type...) -> StageCatalog {
        StageCatalog(stages + more)
    }

    private mutating func add(_ stage: any Stage.Type) {
        if let place = stages.firstIndex(where: { $0.description.name == stage.description.name }) {
            stages[place] = stage
        } else {
            stages.append(stage)
        }
    }

    /// What plans call them.
    public var names: Set<String> { Set(stages.map { $0.description.name }) }

    /// The stage that plans call `name`; nil when there is none.
    public func stage(named name: String) -> (any Stage.Type)? {
        stages.first { $0.description.name == name }
    }

    /// What `streamtap-worker describe` prints, in the catalogue's order.
    public var descriptions: [StageDescription] { stages.map { $0.description } }
}
