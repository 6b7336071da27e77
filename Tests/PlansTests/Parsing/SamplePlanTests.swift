import Foundation
import Plans
import Testing

@Suite("Sample plans")
struct SamplePlanTests {
    @Test("Every plan of pipelines/ parses without a warning")
    func parse() throws {
        let directory = DocumentationTests.root.appendingPathComponent("pipelines").resolvingSymlinksInPath()
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        let plans = files.filter { $0.pathExtension == "plan" }
        #expect(!plans.isEmpty)
        for file in plans {
            let plan = try Plan(parsing: String(contentsOf: file, encoding: .utf8))
            #expect(plan.warnings.isEmpty, "\(file.lastPathComponent)")
            #expect(!plan.graph.sideTaps.isEmpty)
        }
    }
}
