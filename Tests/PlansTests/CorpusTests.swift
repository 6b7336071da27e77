import Plans
import Testing

/// Launch lines as they stand in documentation, forums and shell histories.
@Suite("Launch lines from real life")
struct CorpusTests {
    static let lines: [String] = [
        "gst-launch-1.0 videotestsrc ! videoconvert ! autovideosink",
        "gst-launch-1.0 -v videotestsrc pattern=snow ! video/x-raw,width=1280,height=720 ! autovideosink",
        "gst-launch-1.0 videotestsrc num-buffers=300 ! 'video/x-raw,framerate=30/1' ! x264enc ! mp4mux ! filesink location=out.mp4",
        "gst-launch-1.0 -e videotestsrc is-live=true ! x264enc tune=zerolatency bitrate=500 speed-preset=superfast ! rtph264pay config-interval=1 pt=96 ! udpsink host=127.0.0.1 port=5000",
        "gst-launch-1.0 rtspsrc location=rtsp://10.0.0.5:554/stream latency=0 ! rtph264depay ! h264parse ! avdec_h264 ! videoconvert ! autovideosink sync=false",
        "rtspsrc location=\"rtsp://admin:12345@10.0.0.5/Streaming/Channels/101?transportmode=unicast\" protocols=tcp ! rtph265depay ! h265parse ! avdec_h265 ! videoconvert ! xvimagesink",
        "rtspsrc location=rtsp://10.0.0.5/mjpeg ! rtpjpegdepay ! jpegdec ! videoconvert ! ximagesink",
        "rtspsrc location=rtsp://10.0.0.5/mjpeg ! rtpjpegdepay ! jpegparse ! streamtap",
        "rtspsrc location=rtsp://10.0.0.5/main name=src src. ! rtph264depay ! queue ! h264parse ! mp4mux name=mux ! filesink location=rec.mp4 src. ! rtpmp4gdepay ! aacparse ! queue ! mux.",
        "rtspsrc location=rtsp://10.0.0.5/main ! application/x-rtp, media=video, encoding-name=H264 ! rtph264depay ! h264parse ! splitmuxsink location=video%02d.mov max-size-time=10000000000",
        "rtspsrc location=rtsp://10.0.0.5/main ! decodebin ! videoconvert ! fpsdisplaysink video-sink=fakesink text-overlay=false",
        "gst-launch-1.0 v4l2src ! videoconvert ! autovideosink",
        "gst-launch-1.0 v4l2src device=/dev/video0 ! image/jpeg,width=1920,height=1080,framerate=30/1 ! jpegdec ! videoconvert ! autovideosink",
        "v4l2src device=/dev/video0 ! 'image/jpeg, width=(int)1280, height=(int)720' ! streamtap",
        "v4l2src device=/dev/video1 io-mode=2 ! video/x-raw,format=YUY2,width=640,height=480 ! videoconvert ! xvimagesink",
        "v4l2src device=/dev/video0 extra-controls=\"c,exposure_auto=1,exposure_absolute=100\" ! videoconvert ! ximagesink",
        "v4l2src ! video/x-raw,format=\\(string\\)YUY2,framerate=\\(fraction\\)30/1 ! videoconvert ! glimagesink",
        "v4l2src ! tee name=t t. ! queue ! videoconvert ! autovideosink t. ! queue ! videoconvert ! x264enc ! mp4mux ! filesink location=a.mp4",
        "v4l2src ! jpegenc ! multifilesink location=frame%05d.jpg",
        "v4l2src num-buffers=1 ! jpegenc ! filesink location=shot.jpg",
        "filesrc location=film.mp4 ! qtdemux ! h264parse ! avdec_h264 ! videoconvert ! autovideosink",
        "filesrc location=film.mp4 ! qtdemux name=demux demux.video_0 ! queue ! decodebin ! videoconvert ! autovideosink demux.audio_0 ! queue ! decodebin ! audioconvert ! audioresample ! autoaudiosink",
        "filesrc location=film.mkv ! matroskademux name=d d.video_0 ! queue ! vp9dec ! autovideosink",
        "filesrc location=\"my film.avi\" ! avidemux name=demux demux. ! queue ! jpegdec ! autovideosink",
        "filesrc location=film.ts ! tsdemux name=demux demux. ! queue ! h264parse ! avdec_h264 ! videoconvert ! autovideosink demux. ! queue ! aacparse ! avdec_aac ! autoaudiosink",
        "filesrc location=film.webm ! decodebin ! videoconvert ! autovideosink",
        "filesrc location=film.mp4 ! decodebin name=dec dec. ! videoconvert ! autovideosink dec. ! audioconvert ! autoaudiosink",
        "uridecodebin uri=file:///srv/film.mp4 ! videoconvert ! autovideosink",
        "uridecodebin uri=rtsp://10.0.0.5/main ! videoscale ! video/x-raw,width=640 ! videoconvert ! streamtap",
        "uridecodebin uri=https://example.org/live.m3u8 name=d ! queue ! theoraenc ! oggmux name=mux ! filesink location=a.ogg d. ! queue ! audioconvert ! vorbisenc ! mux.",
        "multifilesrc location=img.%04d.png index=0 caps=\"image/png,framerate=12/1\" ! pngdec ! videoconvert ! autovideosink",
        "souphttpsrc location=http://10.0.0.5/video.mjpg is-live=true ! multipartdemux ! jpegdec ! autovideosink",
        "udpsrc port=5000 ! application/x-rtp,encoding-name=H264,payload=96 ! rtph264depay ! h264parse ! avdec_h264 ! autovideosink",
        "udpsrc port=5000 caps=\"application/x-rtp, media=(string)video, clock-rate=(int)90000, encoding-name=(string)H264, payload=(int)96\" ! rtph264depay ! avdec_h264 ! videoconvert ! autovideosink",
        "udpsrc uri=udp://239.0.0.1:1234 ! tsdemux ! h264parse ! avdec_h264 ! streamtap",
        "tcpclientsrc host=10.0.0.5 port=5000 ! gdpdepay ! rtph264depay ! avdec_h264 ! videoconvert ! autovideosink sync=false",
        "srtsrc uri=\"srt://10.0.0.5:7001?mode=caller\" ! tsdemux ! h264parse ! avdec_h264 ! streamtap",
        "compositor name=comp sink_1::xpos=320 ! videoconvert ! autovideosink videotestsrc ! video/x-raw,width=320 ! comp.sink_0 videotestsrc pattern=ball ! video/x-raw,width=320 ! comp.sink_1",
        "v4l2src device=/dev/video0 ! videoconvert ! comp. v4l2src device=/dev/video2 ! videoconvert ! comp. compositor name=comp sink_0::xpos=0 sink_1::xpos=640 ! videoconvert ! xvimagesink",
        "videomixer name=mix sink_0::alpha=1 sink_1::alpha=0.5 ! videoconvert ! ximagesink videotestsrc ! mix. videotestsrc pattern=1 ! mix.",
        "rtspsrc location=rtsp://a/1 ! rtph264depay ! avdec_h264 ! comp.sink_0 rtspsrc location=rtsp://b/2 ! rtph264depay ! avdec_h264 ! comp.sink_1 compositor name=comp ! x264enc ! flvmux ! rtmpsink location=rtmp://c/live",
        "videotestsrc ! videobox left=-10 ! videoflip method=rotate-180 ! videoconvert ! autovideosink",
        "videotestsrc ! timeoverlay halignment=right valignment=bottom text=\"Stream time:\" shaded-background=true font-desc=\"Sans, 24\" ! xvimagesink",
        "videotestsrc ! clockoverlay time-format=\"%D %H:%M:%S\" ! videoconvert ! autovideosink",
        "videotestsrc ! textoverlay text='Room A' valignment=top halignment=left font-desc='Sans, 72' ! autovideosink",
        "videotestsrc ! videorate ! video/x-raw,framerate=5/1 ! jpegenc quality=70 ! streamtap",
        "videotestsrc ! video/x-raw,format=I420 ! vp8enc deadline=1 ! webmmux streamable=true ! filesink location=a.webm",
        "videotestsrc ! vp9enc ! matroskamux ! filesink location=a.mkv",
        "videotestsrc ! x265enc ! h265parse ! matroskamux ! filesink location=a.mkv",
        "videotestsrc ! av1enc ! av1parse ! mp4mux fragment-duration=1000 ! filesink location=a.mp4",
        "videotestsrc is-live=1 ! x264enc key-int-max=30 ! h264parse ! mpegtsmux ! hlssink playlist-root=http://h/ location=s%05d.ts max-files=5",
        "videotestsrc ! x264enc ! flvmux streamable=true name=mux ! rtmpsink location='rtmp://host/app/key live=1' audiotestsrc ! voaacenc bitrate=128000 ! mux.",
        "videotestsrc ! x264enc ! rtspclientsink location=rtsp://127.0.0.1:8554/test",
        "videotestsrc ! identity sleep-time=10000 ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 ! fakesink silent=false",
        "videotestsrc ! tee name=t ! queue ! autovideosink t. ! queue ! fakesink t. ! queue ! jpegenc ! multifilesink location=%d.jpg",
        "nvarguscamerasrc ! 'video/x-raw(memory:NVMM), width=1920, height=1080, format=NV12, framerate=30/1' ! nvvidconv flip-method=2 ! video/x-raw,format=BGRx ! videoconvert ! appsink drop=1",
        "libcamerasrc ! video/x-raw,colorimetry=bt709,format=NV12,width=1280,height=720,framerate=30/1 ! jpegenc ! multipartmux ! tcpserversink host=0.0.0.0 port=5000",
        "v4l2src ! video/x-bayer,format=rggb ! bayer2rgb ! videoconvert ! kmssink",
        "v4l2src ! video/x-h264,width=1920,framerate=30/1 ! h264parse ! avdec_h264 ! streamtap name=live",
        "v4l2src ! \"video/x-raw,width=640;image/jpeg,width=640\" ! decodebin ! streamtap",
        "ximagesrc startx=0 use-damage=0 ! video/x-raw,framerate=30/1 ! videoscale method=0 ! video/x-raw,width=640,height=480 ! videoconvert ! streamtap",
        "rtspsrc location=rtsp://10.0.0.5/main latency=100 ! rtph264depay ! tee name=t t. ! queue ! h264parse ! mp4mux ! filesink location=a.mp4 t. ! queue ! avdec_h264 ! streamtap",
        "videotestsrc ! glupload ! glcolorconvert ! gldownload ! videoconvert ! waylandsink",
        "filesrc location=a.jpg ! jpegdec ! imagefreeze ! videoconvert ! autovideosink",
    ]

    /// Each `!` is one edge, and no node is left alone: counted without the parser.
    @Test("Every `!` is an edge and every element is linked", arguments: lines)
    func parses(_ line: String) throws {
        let graph = try Plan(parsing: line).graph
        let links = line.ranges(of: " ! ").count
        let implied = graph.nodes.count { $0.id == "preview" && $0.range.length > 0 && !$0.isNamed }
        let showsScreen = CorpusTests.screens.contains { line.contains($0) }
        #expect(graph.edges.count == links + (showsScreen ? 0 : implied))
        let linked = Set(graph.edges.flatMap { [$0.source, $0.target] })
        #expect(linked == Set(graph.nodes.map(\.id)))
    }

    static let screens = [
        "autovideosink", "xvimagesink", "ximagesink", "glimagesink", "waylandsink", "kmssink", "fpsdisplaysink",
    ]
}
