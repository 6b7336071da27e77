// One table, printed as it is measured. With an argument: only the stages whose name holds it.
let only = CommandLine.arguments.dropFirst().first
try PixelBenchmark.run(only: only)
if only == nil {
    try AprilTagBenchmark.run()
    try ChainBenchmark.run()
    try PipelineBenchmark.run()
    try TapBenchmark.run()
    try ParserBenchmark.run()
    try CheckBenchmark.run()
}
