import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What the server's log says of branches")
    struct BranchLogTests {
        private func lines(_ server: StreamTapProcess, _ words: String) -> [Substring] {
            server.process.output.split(separator: "\n").filter { $0.contains(words) }
        }

        @Test("One that fails is a warning once, however often it is tried, and again when it fails again")
        func warnings() async throws {
            let directory = try TemporaryDirectory()
            let place = "\(directory.path)/later"
            let server = try await StreamTapProcess.serving([
                "cam": """
                videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=20/1 ! blur kernel=3 name=soft
                  ! streamtap name=live
                soft. ! jpegenc ! multifilesink name=files location=\(place)/a-%05d.jpg
                """
            ])
            try await server.create("cam")
            let attempts = "worker: branch files failed"
            let warning = "branch files is retrying"
            let well = "branch files is running"
            try await eventually("it is tried again", within: .seconds(60), evidence: { server.process.output }) {
                lines(server, attempts).count >= 2
            }
            #expect(lines(server, warning).count == 1, "\(server.process.output)")
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try await eventually("it runs", within: .seconds(60), evidence: { server.process.output }) {
                !lines(server, well).isEmpty
            }
            try FileManager.default.moveItem(atPath: place, toPath: "\(directory.path)/away")
            try await eventually("it has failed again", within: .seconds(60), evidence: { server.process.output }) {
                lines(server, warning).count == 2
            }
            let told = lines(server, warning)
            #expect(told.count == 2 && told.allSatisfy { $0.contains(" warning ") && $0.contains(place) }, "\(told)")
            #expect(lines(server, well).count == 1 && lines(server, well).allSatisfy { $0.contains(" info ") })
        }
    }
}
