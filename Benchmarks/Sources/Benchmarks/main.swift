// One table, printed as it is measured. With an argument: only the stages, or the sections, whose name holds it.
let only = CommandLine.arguments.dropFirst().first
let sections: [(name: String, run: () throws -> Void)] = [
    ("apriltag", AprilTagBenchmark.run), ("chain", ChainBenchmark.run), ("overlay", OverlayBenchmark.run),
    ("workers", SharingBenchmark.run), ("pipeline", PipelineBenchmark.run), ("allocations", AllocationBenchmark.run),
    ("taps", TapBenchmark.run),
    ("parser", ParserBenchmark.run), ("check", CheckBenchmark.run), ("age", AgeBenchmark.run),
    ("viewers", ViewerBenchmark.run), ("peers", PeerBenchmark.run), ("access", AccessBenchmark.run),
    ("tls", TLSBenchmark.run), ("video", VideoBenchmark.run),
]
let wanted = sections.filter { section in only.map(section.name.contains) ?? true }
if only == nil || wanted.isEmpty { try PixelBenchmark.run(only: only) }
for section in wanted { try section.run() }
