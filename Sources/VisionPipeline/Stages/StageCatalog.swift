public import WorkerLink

/// The vision stages that exist, one line each.
public enum StageCatalog {
    public static let stages: [any Stage.Type] = [
        Grayscale.self,
        Blur.self,
        AprilTagStage.self,
    ]

    public static func stage(named name: String) -> (any Stage.Type)? {
        stages.first { $0.description.name == name }
    }

    /// What `describe` prints.
    public static var descriptions: [StageDescription] { stages.map { $0.description } }
}
