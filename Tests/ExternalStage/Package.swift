// swift-tools-version: 6.2
import PackageDescription

// A stage in a package of its own, as anybody may write one: it sees what the product VisionPipeline makes public and
// nothing else. docs/writing-a-stage.md shows its files.
var settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
if Context.environment["CI"] != nil {
    settings.append(.treatAllWarnings(as: .error))
}

let package = Package(
    name: "ExternalStage",
    dependencies: [.package(name: "StreamTap", path: "../..")],
    targets: [
        .target(
            name: "NegativeStage",
            dependencies: [.product(name: "VisionPipeline", package: "StreamTap")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "negative-worker",
            dependencies: ["NegativeStage", .product(name: "VisionPipeline", package: "StreamTap")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "NegativeStageTests",
            dependencies: [
                "NegativeStage", "negative-worker", .product(name: "VisionPipeline", package: "StreamTap"),
            ],
            swiftSettings: settings
        ),
    ]
)
