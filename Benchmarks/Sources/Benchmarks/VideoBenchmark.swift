/// A camera's own video: what viewers of it cost the server beside a bare loop of the same bytes, and what many cameras cost that nobody watches.
enum VideoBenchmark {
    static func run() throws {
        let viewers = try MeasuringProgram.rows(
            "Benchmarks/viewers.py", ".build/release/streamtap", "Benchmarks/.build/release/viewers", number: "video")
        Table.section(
            "video, 4 Mbit/s: server's time a unit", "viewers", "µs", "bare loop, µs", "ratio", "fps", "asked")
        for row in viewers where row.first == "cost" && row.count == 8 {
            Table.row(
                row[1], row[2], row[4], row[5], row[6], row[7], Table.verdict(Double(row[6]), atMost: 1.2, "≤ 1.2"))
        }
        let cameras = try MeasuringProgram.rows(
            "Benchmarks/cameras.py", ".build/release/streamtap", "Tests/TestSupport/rtsp-camera.py", number: "64")
        func value(_ words: String...) -> Double? {
            cameras.first { $0.starts(with: words) }.flatMap { Double($0.last ?? "") }
        }
        Table.section("64 cameras of 720p15 that nobody watches", "measured", "beside", "asked")
        let (worker, floor) = (value("cpu", "worker"), value("cpu", "gst-launch"))
        if let worker, let floor {
            Table.row(
                "a worker, % of a core", "\(worker)", "\(floor)", Table.verdict(worker / floor, atMost: 1.5, "≤ 1.5 ×"))
        }
        for (name, words, asked) in [
            ("all workers, % of a core", ["cpu", "workers"], 100), ("the server, % of a core", ["cpu", "server"], 5),
            ("a worker, MiB", ["memory", "worker"], 14),
        ] as [(String, [String], Double)] {
            guard let row = cameras.first(where: { $0.starts(with: words) }), let last = row.last else { continue }
            Table.row(name, last, "", Table.verdict(Double(last), atMost: asked, "≤ \(asked)"))
        }
        for row in cameras where row.first == "start" && row.count == 4 {
            Table.row("all running after, s", row[2], "", Table.verdict(Double(row[2]), atMost: 10, "≤ 10"))
        }
        for row in cameras where row.first == "jpeg" && row.count == 4 {
            Table.row(
                "first JPEG, ms: median, longest", row[2], row[3], Table.verdict(Double(row[3]), atMost: 150, "≤ 150"))
        }
    }
}
