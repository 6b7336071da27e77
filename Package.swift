// swift-tools-version: 6.2
import PackageDescription

/// Language settings of every target, in one place.
var settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // SE-0335: existentials are spelled `any`.
    .enableUpcomingFeature("ExistentialAny"),
    // SE-0444: a member is visible only where its module is imported.
    .enableUpcomingFeature("MemberImportVisibility"),
    // SE-0409: imports are internal, so that no C type can leak into a public signature.
    .enableUpcomingFeature("InternalImportsByDefault"),
]
if Context.environment["CI"] != nil {
    // SE-0480: in CI a warning of ours is an error; those of dependencies stay warnings.
    settings.append(.treatAllWarnings(as: .error))
}

let nio = "swift-nio"

let package = Package(
    name: "StreamTap",
    products: [
        .executable(name: "streamtap", targets: ["streamtap"]),
        .executable(name: "streamtap-worker", targets: ["streamtap-worker"]),
        .library(name: "VisionPipeline", targets: ["VisionPipeline", "Plans", "WorkerLink"]),
        .library(name: "CAllocations", targets: ["CAllocations"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", exact: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: ["YAML"]),
    ],
    targets: [
        // System libraries: a module map and a shim header, nothing else.
        .systemLibrary(name: "CGStreamer", pkgConfig: "gstreamer-app-1.0 gstreamer-video-1.0 gstreamer-rtsp-1.0"),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg"),
        .systemLibrary(name: "CYUV"),
        .systemLibrary(name: "CAprilTag", pkgConfig: "apriltag"),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo"),
        .systemLibrary(name: "CUDev", pkgConfig: "libudev"),
        .systemLibrary(name: "CArgon2"),

        // Row loops of stages, compiled for wider vectors too.
        .target(name: "CKernels"),

        // What a process may give up for good: Landlock, seccomp, prctl.
        .target(name: "CSandbox"),

        // What the kernel is asked about cameras.
        .target(name: "CVideo4Linux"),

        // Cameras of this machine: which there are, what they can, who has them.
        .target(name: "VideoDevices", dependencies: ["Plans", "CUDev", "CVideo4Linux"], swiftSettings: settings),
        // What a plan says. Knows no catalogue, no GStreamer, no NIO.
        .target(
            name: "Plans",
            dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: settings
        ),
        // What the two processes say to each other.
        .target(name: "WorkerLink", dependencies: ["Plans"], swiftSettings: settings),
        // Runs one plan.
        .target(
            name: "VisionPipeline",
            dependencies: [
                "Plans", "WorkerLink", "CGStreamer", "CTurboJPEG", "CYUV", "CAprilTag", "CCairo", "CKernels",
                "CSandbox", "VideoDevices",
            ],
            swiftSettings: settings
        ),
        // Finds cameras on the network, and asks them.
        .target(
            name: "Discovery",
            dependencies: [
                "Plans",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
            ],
            swiftSettings: settings
        ),
        // Runs many, and shows them.
        .target(
            name: "Server",
            dependencies: [
                "Plans", "WorkerLink", "Discovery", "CSandbox", "VideoDevices", "CArgon2",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
                .product(name: "NIOFoundationCompat", package: nio),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: nio),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("Page"), .embedInCode("Examples"), .embedInCode("Contract")],
            swiftSettings: settings
        ),

        // Asks a server, as every program may. Knows nothing of what it is made of.
        .target(
            name: "Client",
            dependencies: [
                "Plans",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),

        .executableTarget(
            name: "streamtap",
            dependencies: [
                "Server", "Client", "Plans", "WorkerLink", "Discovery", "VideoDevices",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "streamtap-worker",
            dependencies: ["VisionPipeline"],
            swiftSettings: settings
        ),

        // Cameras, clients and waiting, for every test target.
        .target(
            name: "TestSupport",
            dependencies: [
                "CTurboJPEG",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/TestSupport",
            exclude: [
                "rtsp-camera.py", "mjpeg-camera.py", "scripted-camera.py", "onvif-camera.py", "ipycam-camera.py",
            ],
            swiftSettings: settings
        ),
        // The sources themselves: which folders use which.
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        // Counts allocations, for tests and benchmarks.
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .testTarget(name: "VideoDevicesTests", dependencies: ["VideoDevices", "Plans"], swiftSettings: settings),
        .testTarget(name: "PlansTests", dependencies: ["Plans", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "DiscoveryTests",
            dependencies: [
                "Discovery", "Plans", "TestSupport", .product(name: "NIOCore", package: nio),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "ClientTests", dependencies: ["Client", "Plans", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "WorkerLinkTests", dependencies: ["WorkerLink", "Plans", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "VisionPipelineTests",
            dependencies: [
                "VisionPipeline", "Plans", "WorkerLink", "TestSupport", "CGStreamer", "CTurboJPEG", "CYUV", "CAprilTag",
                "CCairo", "CAllocations", "streamtap-worker",
            ],
            // Pictures that tests read where they lie.
            exclude: ["Pixels/Golden", "Detection/Pictures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "streamtap", "streamtap-worker"],
            exclude: ["ordinary-viewer.py", "mock-cameras.py"],
            swiftSettings: settings
        ),
        // What can happen to a camera, its network, a worker and the machine: all at once, against the programs themselves.
        .testTarget(
            name: "FaultTests",
            dependencies: ["TestSupport", "streamtap", "streamtap-worker"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Plans", "WorkerLink", "VideoDevices", "TestSupport", "streamtap-worker",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
            ],
            swiftSettings: settings
        ),
    ]
)
