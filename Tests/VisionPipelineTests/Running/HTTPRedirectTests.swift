import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// HTTP cameras that send their clients elsewhere.
@Suite(.timeLimit(.minutes(2)))
struct HTTPRedirectTests {
    @Test(
        "The host that the plan names is told the password, and no other that it sends its clients to",
        arguments: [("127.0.0.2", false), ("127.0.0.1", true)])
    func password(_ host: String, _ isTold: Bool) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/picture.jpg"
        try Data(JPEGStructureTests.jpeg(size: "64:64")).write(to: URL(filePath: path))
        let target = try await MJPEGCamera.start(picture: path, host: host, password: "s3cr3t")
        let camera = try await MJPEGCamera.start(picture: path, to: target.address + "main")
        defer {
            target.process.kill()
            camera.process.kill()
        }
        let run = try Run(
            "souphttpsrc location=\(camera.address) user-id=me user-pw=s3cr3t is-live=true ! multipartdemux ! streamtap name=t"
        )
        try await eventually { run.ending != nil || run.runner.tapProgress[0].frames > 3 }
        #expect(target.requests.contains("request /main without"))
        #expect(target.requests.contains("request /main with a password") == isTold, "\(target.requests)")
        if isTold {
            try await run.stop()
        } else {
            #expect(run.ending?.reason == .unauthorized)
            #expect(run.ending?.message.contains("another host") == true, "\(String(describing: run.ending))")
        }
    }
}
