import Foundation
import TestSupport

/// A line of the corpus with what this machine has in the place of what it does not have: the same elements in the
/// same order.
struct LaunchStandIns {
    let world: LaunchWorld
    /// Of two players who listen to a port each.
    let player: Int
    /// Where the player's files are.
    let directory: String

    func apply(_ line: String) -> String {
        var text = line
        if text.hasPrefix("gst-launch-1.0 ") { text.removeFirst("gst-launch-1.0 ".count) }
        for option in ["-v ", "-e "] where text.hasPrefix(option) { text.removeFirst(option.count) }
        text = cameras(text)
        // Two seconds less to wait for.
        if !text.contains("latency=") { text = text.replacing("rtspsrc ", with: "rtspsrc latency=50 ") }
        text = devices(text)
        text = networks(text)
        text = files(text)
        // Small pictures, few of them.
        text = text.replacing(/\b(1920|1280)\b/, with: "320").replacing(/\b(1080|720)\b/, with: "240")
        text = text.replacing("num-buffers=300", with: "num-buffers=12")
        text = text.replacing(/videotestsrc(?! num-buffers)/, with: "videotestsrc num-buffers=12")
        text = text.replacing("audiotestsrc", with: "audiotestsrc num-buffers=20")
        text = text.replacing("av1enc", with: "av1enc cpu-used=8 usage-profile=realtime")
        return text.replacing("autoaudiosink", with: "fakesink")
    }

    private func cameras(_ line: String) -> String {
        let codec = line.contains("h265") ? "h265" : line.contains("jpeg") ? "mjpeg" : "h264"
        let address = line.contains("aac") ? world.speaking.address : world.cameras[codec]?.address ?? ""
        return line.replacing(
            /"?rtsp:\/\/[^ ]*/.ignoresCase(), with: { $0.output.contains("8554") ? String($0.output) : address })
    }

    /// A test picture in the device's format.
    private func devices(_ line: String) -> String {
        guard line != "v4l2src ! videoconvert ! autovideosink" else { return line }
        return line.replacing(/v4l2src( device=\S+)?( io-mode=2)?( extra-controls="[^"]*")? (?<next>! \S+|\S*)/) {
            match in
            let next = String(match.output.next)
            let coder =
                next.contains("image/jpeg") && !next.contains(";")
                ? "! jpegenc " : next.contains("h264") ? "! x264enc " : ""
            return "videotestsrc \(coder)\(next)"
        }
    }

    private func networks(_ line: String) -> String {
        line.replacing("udp://239.0.0.1:1234", with: "udp://127.0.0.1:\(world.transport[player])")
            .replacing("port=5000 caps", with: "port=\(world.rtp[2 + player]) caps")
            .replacing("udpsrc port=5000", with: "udpsrc port=\(world.rtp[player])")
            .replacing("host=0.0.0.0 port=5000", with: "host=127.0.0.1 port=0")
            .replacing("srt://10.0.0.5:7001", with: "srt://127.0.0.1:\(world.srt)")
            .replacing("http://10.0.0.5/", with: world.web + "/")
            .replacing(/rtmp:\/\/(c|host)/, with: "rtmp://127.0.0.1:\(world.closed)")
            .replacing("rtsp://127.0.0.1:8554/", with: "rtsp://127.0.0.1:\(world.closed)/")
            .replacing("https://example.org/live.m3u8", with: "file://\(directory)/film.mp4")
    }

    private func files(_ line: String) -> String {
        line.replacing(/location=("?)(?=[\w%. ]+\.(mp4|mkv|mov|avi|ts|webm|png|jpg|ogg))/) {
            "location=\($0.output.1)\(directory)/"
        }
        .replacing("file:///srv", with: "file://\(directory)")
        .replacing("playlist-root=http://h/", with: "playlist-root=http://h/ playlist-location=\(directory)/list.m3u8")
    }
}
