// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that ordinary builds neither resolve nor build any of it. It fetches nothing of its own.
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "StreamTap", path: "..")],
    targets: [
        // What ours is compared with where that is C.
        .target(
            name: "CFloors",
            linkerSettings: [.linkedLibrary("apriltag"), .linkedLibrary("turbojpeg")]
        ),
        // Viewers in great numbers, in a process of their own.
        .executableTarget(name: "viewers"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CFloors", .product(name: "VisionPipeline", package: "StreamTap"),
                .product(name: "CAllocations", package: "StreamTap"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ]
        ),
    ]
)
