import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Several ways out of one pad that appears only when a file is read: no tee is written, and none needed.
@Suite(.timeLimit(.minutes(2)))
struct LatePadTests {
    private static let encoder = "x264enc tune=zerolatency speed-preset=ultrafast"

    @Test(
        "A film that is written anew is shown as well, and ends",
        arguments: [
            "filesrc location=FILM ! decodebin ! \(encoder) ! mp4mux ! filesink location=NEW",
            "filesrc location=FILM ! decodebin name=d ! streamtap  d. ! \(encoder) ! mp4mux ! filesink location=NEW",
            "filesrc location=FILM ! decodebin name=d  d. ! queue ! videoconvert ! \(encoder) ! mp4mux ! filesink location=NEW  d. ! blur ! streamtap",
            "uridecodebin uri=file://FILM name=d  d. ! streamtap  d. ! \(encoder) ! m.  d. ! audioconvert ! avenc_aac ! m.  mp4mux name=m ! filesink location=NEW",
            "filesrc location=FILM ! qtdemux name=d  d.video_0 ! h264parse ! avdec_h264 ! streamtap  d.video_0 ! h264parse ! mp4mux ! filesink location=NEW",
        ])
    func written(plan: String) async throws {
        let place = try Recording()
        defer { place.remove() }
        try Film.launch(
            """
            videotestsrc num-buffers=30 ! video/x-raw,width=160,height=120,framerate=30/1 ! x264enc key-int-max=10 ! mp4mux name=m ! filesink location=\(place.path("film.mp4")) \
            audiotestsrc num-buffers=44 ! avenc_aac ! m.
            """)
        let text = plan.replacing("FILM", with: place.path("film.mp4")).replacing("NEW", with: place.path("new.mp4"))
        let run = try Run(text)
        #expect(try await run.end().reason == .endOfStream)
        #expect(run.runner.tapProgress.map(\.frames) == [30], "\(text)")
        #expect(try place.facts("new.mp4").frames == 30, "\(text)")
    }
}
