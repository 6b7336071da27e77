/// What it costs a picture that viewers are known and held to their rights, beside a server that asks nobody; and how soon a server with
/// many remembered instances answers.
enum AccessBenchmark {
    static func run() throws {
        let rows = try MeasuringProgram.rows(
            "Benchmarks/access.py", ".build/release/streamtap", "Benchmarks/.build/release/viewers")
        Table.section("users: server's time a picture", "viewers", "with, µs", "without, µs", "ratio", "fps", "asked")
        for row in rows where row.first == "access" && row.count == 7 {
            Table.row(
                row[1], row[2], row[3], row[4], row[5], row[6], Table.verdict(Double(row[5]), atMost: 1.02, "≤ 1.02"))
        }
        Table.section("from start to /readyz, ms", "median", "least", "asked")
        for row in rows where row.first == "start" && row.count == 4 {
            Table.row(
                "\(row[1]) remembered", row[2], row[3],
                row[1] == "none" ? "" : Table.verdict(Double(row[2]), atMost: 150, "≤ 150"))
        }
    }
}
