import Foundation
import Testing

/// The stage through the whole of StreamTap: a server, and this package's worker.
///
/// STREAMTAP names the server's executable; otherwise it is the one that `swift build` has made of the package around.
struct WorkerTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let streamtap =
        ProcessInfo.processInfo.environment["STREAMTAP"]
        ?? package.appending(path: "../../.build/debug/streamtap").standardizedFileURL.path
    /// Built beside the test bundle.
    private static let worker = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "negative-worker").path

    private static func process(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: streamtap)
        process.arguments = arguments + ["--worker", worker]
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    @Test("is listed beside StreamTap's own")
    func listed() throws {
        let (process, output) = try Self.process(["stages"])
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("negative") && text.contains("grayscale"), "\(text)")
    }

    @Test("plays in a plan, and turns the pixels of every frame")
    func plays() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "external-stage-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (before, after) = (folder.appending(path: "before.i420"), folder.appending(path: "after.i420"))
        let plan = folder.appending(path: "negative.plan")
        let (width, height, frames) = (64, 48, 5)
        // Branches write what is before and behind the stage, sample by sample; JPEG would round.
        try """
        videotestsrc num-buffers=\(frames) pattern=ball
          ! video/x-raw,format=I420,width=\(width),height=\(height),framerate=25/1,colorimetry=1:4:0:0
          ! identity name=plain ! negative name=turned ! streamtap
        plain. ! filesink location=\(before.path)
        turned. ! filesink location=\(after.path)
        """.write(to: plan, atomically: true, encoding: .utf8)
        let (process, output) = try Self.process(["run", plan.path, "--port", "0"])
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let bytes = frames * width * height * 3 / 2
        let deadline = ContinuousClock.now + .seconds(30)
        while process.isRunning, ContinuousClock.now < deadline {
            if Self.size(before) >= bytes, Self.size(after) >= bytes { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        if Self.size(after) < bytes || Self.size(before) < bytes {
            process.terminate()
            Issue.record("\(String(decoding: output.readDataToEndOfFile(), as: UTF8.self))")
            return
        }
        let (plain, turned) = ([UInt8](try Data(contentsOf: before)), [UInt8](try Data(contentsOf: after)))
        #expect(plain.count == bytes && turned.count == bytes)
        #expect(Set(plain).count > 10, "else there is nothing to be seen")
        for index in 0..<min(plain.count, turned.count) {
            let isLuma = index % (width * height * 3 / 2) < width * height
            let expected = isLuma ? 255 - plain[index] : UInt8(clamping: 256 - Int(plain[index]))
            guard turned[index] == expected else {
                Issue.record("sample \(index) of \(plain[index]) has become \(turned[index]), not \(expected)")
                return
            }
        }
    }

    /// Bytes.
    private static func size(_ file: URL) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
    }
}
