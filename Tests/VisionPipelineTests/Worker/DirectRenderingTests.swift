import Foundation
import TestSupport
import Testing

@testable import VisionPipeline

/// Pictures come to Swift where the decoder has made them. GStreamer says in its log when a decoder takes memory to copy one.
struct DirectRenderingTests {
    @Test(
        "no picture is copied between a decoder and Swift",
        arguments: [
            "qtdemux ! h264parse ! avdec_h264",
            "qtdemux ! h264parse ! avdec_h264 ! queue",
            "qtdemux ! h264parse ! avdec_h264 ! videoconvert ! video/x-raw,format=I420",
            "qtdemux ! h264parse ! avdec_h264 ! tee name=both  both. ! queue ! streamtap name=other  both. ! queue",
            "qtdemux ! h264parse ! avdec_h264 name=d  d. ! streamtap name=other  d. ! blur",
            "decodebin",
        ])
    func nothingCopied(_ decoding: String) throws {
        let folder = try TemporaryDirectory()
        let (film, log) = (folder.path + "/film.mp4", folder.path + "/log")
        // GStreamer 1.22 copies those whose coded height is not the one that is shown, whoever asks: 1080 lines of H.264, but not
        // 720 or 2160. So here are whole macroblocks.
        try Film.launch(
            "videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=640,height=480,framerate=100/1 ! x264enc ! mp4mux ! filesink location=\(film)"
        )
        let worker = try WorkerProcess(environment: [
            "GST_DEBUG": "videodecoder:6", "GST_DEBUG_FILE": log, "GST_DEBUG_NO_COLOR": "1",
        ])
        try worker.run("filesrc location=\(film) ! \(decoding) ! streamtap name=view")
        #expect(throws: WorkerProcess.Ended.self) { while true { _ = try worker.next() } }
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        let decoded = lines.filter { $0.contains("gst_video_decoder_finish_frame") && $0.contains("finish frame") }
        #expect(decoded.count >= 20, "the log has other words for a picture")
        #expect(lines.count { $0.contains("alloc buffer size") } == 0)
    }
}
