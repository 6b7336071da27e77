/// What an MJPEG viewer costs programs that others wrote, of the same camera: all of their processes, the camera's side too.
enum PeerBenchmark {
    static func run() throws {
        let rows = try MeasuringProgram.rows(
            "Benchmarks/peers.py", ".build/release/streamtap", "Benchmarks/.build/release/viewers",
            "Tests/TestSupport/mjpeg-camera.py", "Benchmarks/pretend-camera.c")
        Table.section("MJPEG, processor time a picture delivered", "viewers", "kB", "µs", "% of a core", "fps")
        for row in rows where row.count == 6 { Table.row(row[0], row[1], row[2], row[3], row[4], row[5]) }
    }
}
