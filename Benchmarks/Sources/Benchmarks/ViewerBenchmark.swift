/// What viewers cost the server's process, beside a bare loop of `send` with the same bytes, and how they fare under load; by
/// two programs of their own, for the viewers' time is not the server's.
enum ViewerBenchmark {
    /// What is asked for: the ratio to the floor, by row.
    private static let limits = [
        "binary 1000": 1.15, "binary 100": 1.4, "json 1000": 1.15 * 1.1 * 4 / 3, "json 100": 1.4 * 1.1 * 4 / 3,
        "channel 1000": 1.15 * 1.2, "channel 100": 1.4 * 1.2, "mjpeg 1000": 1.15 * 1.1, "mjpeg 100": 1.4 * 1.1,
    ]

    /// At 200 pictures a second none is older than two intervals as it is sent; and who stalls costs others neither a
    /// hundredth of their pictures nor a millisecond.
    private static func verdict(ofAges row: [String], alone: [String]) -> String {
        if row[0].hasPrefix("overload") { return Table.verdict(Double(row[2]), atMost: 10, "≤ 10") }
        guard row[0].hasPrefix("beside"), alone.count == 6, let age = Double(alone[2]), let rate = Double(alone[5]),
            let now = Double(row[5])
        else { return "" }
        let asked = "≤ \(Table.number(age + 1, 1))"
        return Table.verdict(Double(row[2]), atMost: now >= 0.99 * rate ? age + 1 : -1, asked)
    }

    static func run() throws {
        let rows = try MeasuringProgram.rows(
            "Benchmarks/viewers.py", ".build/release/streamtap", "Benchmarks/.build/release/viewers")
        func each(_ kind: String, _ body: ([String]) -> Void) {
            for row in rows where row.first == kind { body(Array(row.dropFirst())) }
        }
        Table.section("server's time a picture and viewer", "kB", "ours, µs", "send(2), µs", "ratio", "fps", "asked")
        each("cost") { row in
            guard row.count == 7 else { return }
            Table.row(
                row[0], row[2], row[3], row[4], row[5], row[6],
                Table.verdict(Double(row[5]), atMost: limits[row[0]], "≤ \(Table.ratio(limits[row[0]]))"))
        }
        Table.section("made of a frame", "encodes", "over the link", "asked")
        each("encode") { row in
            guard row.count == 4 else { return }
            // Of a tap's eight variants each once.
            let variants = row[0].hasSuffix("size") ? min(8, Double(row[1]) ?? 8) : 1
            let most = [row[2], row[3]].compactMap(Double.init).max()
            // A frame that is under way is counted on one side already.
            Table.row(
                row[0], row[2], row[3],
                Table.verdict(most, atMost: variants * 1.05, "≤ \(Table.number(variants, 0))"))
        }
        Table.section("ages, ms", "sent p50", "sent p99", "seen p50", "seen p99", "fps", "asked")
        var alone: [String] = []
        each("age") { row in
            guard row.count == 6 else { return }
            if row[0] == "alone" { alone = row }
            Table.row(row[0], row[1], row[2], row[3], row[4], row[5], verdict(ofAges: row, alone: alone))
        }
        Table.section("GET /healthz beside it, ms", "p50", "p99", "longest", "asked")
        each("health") { row in
            guard row.count == 4 else { return }
            Table.row(row[0], row[1], row[2], row[3], Table.verdict(Double(row[2]), atMost: 50, "≤ 50"))
        }
        Table.section("one core's share, %", "watched", "alone", "B/s each", "asked")
        each("state") { row in
            guard row.count == 4 else { return }
            Table.row(row[0], row[1], row[2], row[3], Table.verdict(Double(row[1]), atMost: 5, "≤ 5"))
        }
        Table.section("server's memory a viewer, KiB", "resident", "asked")
        each("memory") { row in
            guard row.count == 2 else { return }
            Table.row(
                row[0], row[1], Table.verdict(Double(row[1]), atMost: row[0] == "stalled" ? 60 : 32, "≤ 32 (+ a frame)")
            )
        }
    }
}
