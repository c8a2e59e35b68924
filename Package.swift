// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: language mode 6, explicit existentials, and no warning survives a build.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Modules that may not contain unsafe code: the compiler refuses it.
let safe: [SwiftSetting] =
    house + [
        .strictMemorySafety(),
        .treatWarning("StrictMemorySafety", as: .error),
    ]

/// The search, the model and the comparison of every step with it, which the tests go through
/// millions of times, and the house rules, which read the whole tree: optimised in every build,
/// with their assertions kept in debug builds.
let searched: [SwiftSetting] =
    safe + [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

/// `KVMHost` and the agent's face: unsafe code is allowed, but each use is marked and explained.
let marked: [SwiftSetting] = house + [.strictMemorySafety()]

let argumentParser: Target.Dependency =
    .product(name: "ArgumentParser", package: "swift-argument-parser")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let rainbow: Target.Dependency = .product(name: "Rainbow", package: "Rainbow")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "savic-eoi",
    products: [.executable(name: "savic-eoi", targets: ["savic-eoi"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(
            url: "https://github.com/HdrHistogram/hdrhistogram-swift",
            .upToNextMinor(from: "0.2.0")),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Lowest first: a module imports only what stands above it here; Tests/HouseTests holds it
        // to that.
        .target(name: "CBuildRecord"),
        .target(name: "CKVM"),
        .target(name: "GuestAgent"),
        .target(name: "StateExplorer", swiftSettings: searched),
        .target(name: "InterruptModel", dependencies: ["StateExplorer"], swiftSettings: searched),
        .target(name: "Verdicts", swiftSettings: safe),
        .target(name: "KVMHost", dependencies: ["CKVM"], swiftSettings: marked),
        .target(name: "AgentFace", dependencies: ["GuestAgent"], swiftSettings: marked),
        .target(
            name: "Scenarios", dependencies: ["InterruptModel", "Verdicts", yams],
            resources: [.embedInCode("Catalogue")], swiftSettings: safe),
        .target(
            name: "Lockstep", dependencies: ["InterruptModel", "Verdicts", "Scenarios"],
            swiftSettings: searched),
        .target(
            name: "Backends",
            dependencies: [
                "InterruptModel", "Verdicts", "Scenarios", "Lockstep", "KVMHost", "AgentFace",
                histogram,
            ],
            swiftSettings: safe),
        .target(
            name: "Searches",
            dependencies: ["StateExplorer", "InterruptModel", "Verdicts", "Scenarios", "Lockstep"],
            swiftSettings: safe),
        .target(
            name: "Campaigns",
            dependencies: ["InterruptModel", "Verdicts", "Scenarios", "Lockstep"],
            swiftSettings: safe),
        .target(
            name: "Reporting",
            dependencies: ["InterruptModel", "Verdicts", "Lockstep", rainbow, mustache],
            resources: [.embedInCode("Pages"), .embedInCode("Programs")], swiftSettings: safe),
        .target(
            name: "Commands",
            dependencies: [
                "CBuildRecord", "StateExplorer", "InterruptModel", "Verdicts", "Scenarios",
                "Lockstep", "Backends", "Searches", "Campaigns", "KVMHost", "Reporting",
                argumentParser, systemPackage,
            ],
            // Links to the modules' documentation, for `explain`; and what `schema` prints.
            resources: [.embedInCode("Articles"), .embedInCode("Schemas")], swiftSettings: safe),
        .executableTarget(name: "savic-eoi", dependencies: ["Commands"], swiftSettings: safe),

        // What tests of several targets need: they all run in one process.
        .target(
            name: "TestSupport",
            dependencies: ["InterruptModel", "Scenarios", "Lockstep", "Verdicts"],
            path: "Tests/TestSupport", swiftSettings: safe),
        // A kernel with SEV-SNP, in memory.
        .target(
            name: "Simulation", dependencies: ["CKVM", "KVMHost"], path: "Tests/Simulation",
            swiftSettings: marked),
        .testTarget(
            name: "StateExplorerTests", dependencies: ["StateExplorer"], swiftSettings: safe),
        .testTarget(
            name: "InterruptModelTests", dependencies: ["InterruptModel", "StateExplorer"],
            swiftSettings: safe),
        .testTarget(
            name: "KVMHostTests",
            dependencies: [
                "KVMHost", "CKVM", "AgentFace", "GuestAgent", "Simulation", "TestSupport",
            ],
            swiftSettings: marked),
        .testTarget(
            name: "ScenariosTests",
            dependencies: ["Scenarios", "InterruptModel", "Verdicts", "TestSupport"],
            swiftSettings: safe),
        .testTarget(
            name: "LockstepTests",
            dependencies: ["Lockstep", "Scenarios", "InterruptModel", "Verdicts", "TestSupport"],
            swiftSettings: safe),
        .testTarget(
            name: "BackendsTests",
            dependencies: [
                "Backends", "Campaigns", "Lockstep", "Scenarios", "InterruptModel", "Verdicts",
                "KVMHost",
                "AgentFace", "GuestAgent", "CKVM", "Simulation", "TestSupport",
            ],
            swiftSettings: safe),
        .testTarget(
            name: "SearchesTests",
            dependencies: [
                "Searches", "Lockstep", "Scenarios", "InterruptModel", "StateExplorer", "Verdicts",
                "TestSupport",
            ],
            swiftSettings: safe),
        .testTarget(
            name: "CampaignsTests",
            dependencies: [
                "Campaigns", "Lockstep", "Scenarios", "InterruptModel", "Verdicts", "TestSupport",
            ],
            swiftSettings: safe),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Reporting", "InterruptModel", "Scenarios", "Lockstep", "Verdicts", "TestSupport",
                yams,
            ],
            swiftSettings: safe),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "StateExplorer", "InterruptModel", "Verdicts", "Scenarios", "Lockstep",
                "Backends", "Searches", "Campaigns", "KVMHost", "TestSupport",
                argumentParser, subprocess, systemPackage, yams,
            ],
            swiftSettings: safe),
        .testTarget(name: "HouseTests", swiftSettings: searched),

        // Test-only tools that need a real host: never part of the product.
        .target(
            name: "CRoundTrip", dependencies: ["CKVM", "GuestAgent"], path: "hosttests/CRoundTrip"),
        .executableTarget(
            name: "roundtrip",
            dependencies: [
                "CRoundTrip", "Lockstep", "Backends", "Scenarios", "Verdicts", "AgentFace",
                "InterruptModel",
            ],
            path: "hosttests/roundtrip", swiftSettings: marked),
        .executableTarget(
            name: "private-pages", dependencies: ["CKVM", "KVMHost"],
            path: "hosttests/private-pages", swiftSettings: safe),
    ]
)
