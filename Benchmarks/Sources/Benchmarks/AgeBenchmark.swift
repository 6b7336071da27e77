/// How old a picture of a real RTSP camera is at a viewer's socket, beside an appsink alone; by a program of its own, which is both
/// the viewer and the appsink.
enum AgeBenchmark {
    static func run() throws {
        let rows = try MeasuringProgram.rows(
            "Benchmarks/age.py", ".build/release/streamtap", "Tests/TestSupport/rtsp-camera.py")
        Table.section("age at a viewer, 720p over RTSP, ms", "p50", "p99", "appsink p50", "appsink p99", "asked")
        for words in rows {
            let ages = words.dropFirst().compactMap { Double($0) }
            guard let name = words.first, ages.count == 4 else { continue }
            let beyond = max(ages[2] - ages[0] - 2.5, ages[3] - ages[1] - 6)
            Table.row(
                String(name.prefix(43)), words[3], words[4], words[1], words[2],
                Table.verdict(beyond, atMost: 0, "+2.5 +6"))
        }
    }
}
