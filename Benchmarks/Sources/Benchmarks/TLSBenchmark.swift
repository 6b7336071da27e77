/// What TLS costs for each picture of 30 kB: this server's own, and that of an nginx before it. Where the machine cannot do all of it, how far it comes.
enum TLSBenchmark {
    static func run() throws {
        Table.section("TLS, processor time a picture", "viewers", "kB", "µs", "server's, µs", "fps", "MiB", "asked")
        for viewers in ["100", "300", "1000"] {
            let rows = try MeasuringProgram.rows(
                "Benchmarks/tls.py", ".build/release/streamtap", "Benchmarks/.build/tls-viewers", number: viewers
            ).filter { $0.count == 8 && $0[0] == "tls" }
            guard let nginx = rows.first(where: { $0[1] == "nginx" }).flatMap({ Double($0[4]) }) else { continue }
            for row in rows {
                let verdict = row[1] == "nginx" ? "" : Table.verdict(Double(row[4]), atMost: nginx, "≤ nginx")
                Table.row(row[1], row[2], row[3], row[4], row[5], row[6], row[7], verdict)
            }
        }
    }
}
