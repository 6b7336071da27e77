import Foundation
import Testing

/// The stage through the whole of StreamTap: a server, and this package's worker.
///
/// STREAMTAP names the server's executable; otherwise it is the one that `swift build` has made of the package around.
@Suite(.timeLimit(.minutes(1)))
struct WorkerTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let streamtap =
        ProcessInfo.processInfo.environment["STREAMTAP"]
        ?? package.appending(path: "../../.build/debug/streamtap").standardizedFileURL.path
    /// Built beside the test bundle.
    private static let worker = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "negative-worker").path

    /// A `streamtap` with this package's worker, which says what it says into a file: a pipe would have to be drained.
    private struct Program {
        let folder: URL
        private let process = Process()
        private let log: URL

        private init(_ arguments: (_ folder: URL) throws -> [String]) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "external-stage-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            log = folder.appending(path: "log")
            try Data().write(to: log)
            let output = try FileHandle(forWritingTo: log)
            process.executableURL = URL(filePath: streamtap)
            process.arguments = try arguments(folder) + ["--worker", worker]
            // What one test has started is not remembered by the next, nor by the user's own server.
            process.environment = ProcessInfo.processInfo.environment.merging(
                ["STREAMTAP_STATE": folder.appending(path: "state").path]
            ) { $1 }
            process.standardOutput = output
            process.standardError = output
            try process.run()
        }

        var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

        /// The exit status; nil while it runs.
        var status: Int32? { process.isRunning ? nil : process.terminationStatus }

        /// Waits until `condition` holds, the program ends, or half a minute is over.
        func wait(until condition: () -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(30)
            while status == nil, !condition(), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        /// Runs one in a folder of its own, which goes with it.
        static func run(
            _ arguments: (_ folder: URL) throws -> [String], _ body: (Program) async throws -> Void
        ) async throws {
            let program = try Program(arguments)
            do {
                try await body(program)
            } catch {
                await program.stop()
                throw error
            }
            await program.stop()
        }

        private func stop() async {
            if process.isRunning { process.terminate() }
            try? await wait { false }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            try? FileManager.default.removeItem(at: folder)
        }
    }

    @Test("is listed beside StreamTap's own")
    func listed() async throws {
        try await Program.run { _ in
            ["stages"]
        } _: { program in
            try await program.wait { false }
            #expect(program.status == 0)
            let text = program.output
            #expect(text.contains("negative") && text.contains("grayscale"), "\(text)")
        }
    }

    @Test("plays in a plan, and turns the pixels of every frame")
    func plays() async throws {
        let (width, height, frames) = (64, 48, 5)
        // Branches write what is before and behind the stage, sample by sample; JPEG would round.
        try await Program.run { folder in
            let plan = folder.appending(path: "negative.plan")
            try """
            videotestsrc num-buffers=\(frames) pattern=ball
              ! video/x-raw,format=I420,width=\(width),height=\(height),framerate=25/1,colorimetry=1:4:0:0
              ! identity name=plain ! negative name=turned ! streamtap
            plain. ! filesink location=\(folder.path)/before.i420
            turned. ! filesink location=\(folder.path)/after.i420
            """.write(to: plan, atomically: true, encoding: .utf8)
            return ["run", plan.path, "--port", "0"]
        } _: { program in
            let before = program.folder.appending(path: "before.i420")
            let after = program.folder.appending(path: "after.i420")
            let bytes = frames * width * height * 3 / 2
            try await program.wait { Self.size(before) >= bytes && Self.size(after) >= bytes }
            try #require(Self.size(before) == bytes && Self.size(after) == bytes, "\(program.output)")
            let (plain, turned) = ([UInt8](try Data(contentsOf: before)), [UInt8](try Data(contentsOf: after)))
            #expect(Set(plain).count > 10, "else there is nothing to be seen")
            for index in plain.indices {
                let isLuma = index % (width * height * 3 / 2) < width * height
                let expected = isLuma ? 255 - plain[index] : UInt8(clamping: 256 - Int(plain[index]))
                guard turned[index] == expected else {
                    Issue.record("sample \(index) of \(plain[index]) has become \(turned[index]), not \(expected)")
                    return
                }
            }
        }
    }

    /// Bytes.
    private static func size(_ file: URL) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
    }
}
