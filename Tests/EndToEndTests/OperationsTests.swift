import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What ops/ says holds with Debian's own Prometheus.
    @Suite(
        "Prometheus", .enabled(if: access("/usr/bin/prometheus", X_OK) == 0, "prometheus is not installed"),
        .timeLimit(.minutes(3)))
    struct OperationsTests {
        private static let folder = StreamTapProcess.repository.appending(path: "ops")

        private static let plans = [
            "cam": """
            videotestsrc is-live=true pattern=ball
              ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
              ! motion name=moving threshold=40 ! streamtap name=view

            """,
            "film": """
            videotestsrc num-buffers=15 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
              ! grayscale name=gray ! streamtap name=view

            """,
            "away": TestPlans.camera,
        ]

        /// Instances in several states, and viewers of one of them.
        private static func server() async throws -> (StreamTapProcess, [WebSocketClient]) {
            let server = try await StreamTapProcess.serving(plans)
            try await server.create("cam")
            try await server.create("film")
            try await server.create("away", parameters: ["camera": "rtsp://127.0.0.1:1/none"])
            try await server.reaches("running", "cam")
            try await server.reaches("completed", "film")
            try await server.reaches("retrying", "away")
            var viewers: [WebSocketClient] = []
            for query in ["?format=binary", "?width=80", "?format=detections"] {
                viewers.append(try await server.watch("cam", "view", query))
                _ = try await viewers.last?.next()
            }
            return (server, viewers)
        }

        /// The expressions of the dashboard and of the alerts, each with its name.
        private static func expressions() throws -> [(name: String, expression: String)] {
            struct Dashboard: Decodable {
                struct Panel: Decodable {
                    struct Target: Decodable { var expr: String }
                    var title: String
                    var targets: [Target]
                }
                var panels: [Panel]
            }
            let data = try Data(contentsOf: folder.appending(path: "grafana-dashboard.json"))
            return try JSONDecoder().decode(Dashboard.self, from: data).panels.flatMap { panel in
                panel.targets.map { (panel.title, $0.expr.replacing("$__rate_interval", with: "1m")) }
            }
        }

        @Test("promtool finds nothing wrong with the metrics, nor with the rules")
        func promtool() async throws {
            let (server, viewers) = try await Self.server()
            let metrics = try await server.http.get("/metrics").text
            let file = try TemporaryDirectory().write(metrics, to: "metrics.txt")
            let check = try ChildProcess("/bin/sh", ["-c", "exec promtool check metrics < \(file)"])
            let exit = try await check.ended(within: .seconds(30))
            #expect(exit == .status(0), "\(check.output)")
            #expect(!metrics.contains("NaN"))
            let rules = Self.folder.appending(path: "prometheus-alerts.yml").path()
            let ruled = try await ChildProcess("/usr/bin/promtool", ["check", "rules", rules]).ended(
                within: .seconds(30))
            #expect(ruled == .status(0))
            withExtendedLifetime(viewers) {}
        }

        @Test("every query of the dashboard has an answer, every rule is sound and names what is there")
        func queries() async throws {
            let (server, viewers) = try await Self.server()
            let (directory, port) = (try TemporaryDirectory(), try ReservedPort().number)
            let configuration = try directory.write(
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["\(Self.folder.appending(path: "prometheus-alerts.yml").path())"]
                scrape_configs:
                  - job_name: streamtap
                    static_configs: [{targets: ["127.0.0.1:\(server.http.port)"]}]

                """, to: "prometheus.yml")
            let prometheus = try ChildProcess(
                "/usr/bin/prometheus",
                [
                    "--config.file", configuration, "--storage.tsdb.path", "\(directory.path)/data",
                    "--web.listen-address", "127.0.0.1:\(port)", "--log.level", "warn",
                ])
            let http = HTTPClient(port: port)
            func ask(_ expression: String) async throws -> (isSound: Bool, rows: Int, text: String) {
                let allowed = CharacterSet.alphanumerics
                let query = expression.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
                let answer = try await http.get("/api/v1/query?query=\(query)")
                let data = answer.json["data"] as? [String: any Sendable]
                return (answer.status == 200, (data?["result"] as? [any Sendable])?.count ?? 0, answer.text)
            }
            try await eventually(
                "Prometheus has scraped twice", within: .seconds(60), evidence: { prometheus.output }
            ) {
                let scrapes = try? await ask("count_over_time(up{job=\"streamtap\"}[1m]) >= 3 and up == 1")
                return (scrapes?.rows ?? 0) > 0
            }
            let expressions = try Self.expressions()
            #expect(expressions.count > 20)
            for (name, expression) in expressions {
                let answer = try await ask(expression)
                #expect(answer.isSound && answer.rows > 0, "\(name): \(expression): \(answer.text)")
            }
            let rules = try await http.get("/api/v1/rules").text
            #expect(!rules.contains("\"health\":\"err\"") && rules.contains("\"health\":\"ok\""), "\(rules)")
            let text = try String(contentsOf: Self.folder.appending(path: "prometheus-alerts.yml"), encoding: .utf8)
            let names = Set(text.matches(of: /streamtap_[a-z_]+/).map { String($0.0) })
            #expect(names.count >= 6)
            for name in names {
                let answer = try await ask("count(\(name))")
                #expect(answer.rows > 0, "\(name) is not there")
            }
            // The one instance that cannot run is what the alert speaks of; it only waits for its two minutes.
            try await eventually("the alert is pending", within: .seconds(20)) {
                try await ask("ALERTS{alertname=\"StreamTapInstanceNotRunning\",exported_instance=\"away\"}").rows == 1
            }
            withExtendedLifetime(viewers) {}
        }
    }
}
