public import WorkerLink

/// The vision stages that exist, one line each.
public enum StageCatalog {
    public static let stages: [any Stage.Type] = [
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
    ]

    /// What plans call them.
    public static var names: Set<String> { Set(stages.map { $0.description.name }) }

    public static func stage(named name: String) -> (any Stage.Type)? {
        stages.first { $0.description.name == name }
    }

    /// What `describe` prints.
    public static var descriptions: [StageDescription] { stages.map { $0.description } }
}
