import Foundation
import TestSupport

/// A small H.264 film, recorded by gst-launch for one test.
struct Film {
    let path: String

    init(frames: Int, fps: Int) throws {
        path = try "\(TemporaryDirectory().path)/film.mp4"
        try Film.launch(
            "videotestsrc num-buffers=\(frames) ! video/x-raw,width=160,height=120,framerate=\(fps)/1 ! x264enc key-int-max=10 ! mp4mux ! filesink location=\(path)"
        )
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    struct Failed: Error {}

    /// Runs a pipeline to its end.
    static func launch(_ pipeline: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/gst-launch-1.0")
        process.arguments = ["-q"] + pipeline.split(separator: " ").map(String.init)
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failed() }
    }
}
