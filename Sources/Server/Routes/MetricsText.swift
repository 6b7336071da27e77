import WorkerLink

/// Numbers in Prometheus' text format.
struct MetricsText {
    typealias Labels = [(String, String)]

    private(set) var rendered = ""

    enum Kind: String { case counter, gauge }

    /// A family of numbers.
    ///
    /// - Parameter name: without `streamtap_`; a counter's ends with `_total`.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ rows: [(labels: Labels, value: Double)]) {
        begin(name, kind.rawValue, help)
        for row in rows { line(name, row.labels, Self.number(row.value)) }
    }

    /// A family of histograms, in seconds.
    mutating func histograms(_ name: String, _ help: String, _ rows: [(labels: Labels, value: DurationHistogram)]) {
        begin(name, "histogram", help)
        for (labels, histogram) in rows {
            var count: UInt64 = 0
            for (bound, more) in zip(histogram.scale.bounds, histogram.counts) {
                count &+= more
                let end = Self.number((Double(bound) / 1e9).rounded(decimals: 6))
                line("\(name)_bucket", labels + [("le", end)], "\(count)")
            }
            line("\(name)_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
            line("\(name)_sum", labels, Self.number((Double(histogram.sum) / 1e9).rounded(decimals: 6)))
            line("\(name)_count", labels, "\(histogram.count)")
        }
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        rendered += "# HELP streamtap_\(name) \(help)\n# TYPE streamtap_\(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
        let labels = labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",")
        rendered += "streamtap_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? (value.isFinite ? String(value) : "NaN")
    }

    private static func escape(_ text: String) -> String {
        String(
            text.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n": ["\\", "n"]
                default: [character]
                }
            })
    }
}
