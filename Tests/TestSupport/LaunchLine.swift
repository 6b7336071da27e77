/// A launch line as it stands in documentation, forums and shell histories, and what it means.
public struct LaunchLine: Sendable, CustomStringConvertible {
    public var text: String
    /// Every edge in the order of the text, `a > b`; edges that follow each other stand in one row: `a > b > c; a > d`.
    public var graph: String

    public var description: String { text }

    fileprivate init(_ text: String, _ graph: String) {
        self.text = text
        self.graph = graph
    }

    public static let corpus: [LaunchLine] = [
        LaunchLine(
            "gst-launch-1.0 videotestsrc ! videoconvert ! autovideosink",
            "videotestsrc0 > videoconvert0 > preview"),
        LaunchLine(
            "gst-launch-1.0 -v videotestsrc pattern=snow ! video/x-raw,width=1280,height=720 ! autovideosink",
            "videotestsrc0 > caps0 > preview"),
        LaunchLine(
            "gst-launch-1.0 videotestsrc num-buffers=300 ! 'video/x-raw,framerate=30/1' ! x264enc ! mp4mux ! filesink location=out.mp4",
            "videotestsrc0 > caps0 > x264enc0 > mp4mux0 > filesink0; caps0 > preview"),
        LaunchLine(
            "gst-launch-1.0 -e videotestsrc is-live=true ! x264enc tune=zerolatency bitrate=500 speed-preset=superfast ! rtph264pay config-interval=1 pt=96 ! udpsink host=127.0.0.1 port=5000",
            "videotestsrc0 > x264enc0 > rtph264pay0 > udpsink0; videotestsrc0 > preview"),
        LaunchLine(
            "gst-launch-1.0 rtspsrc location=rtsp://10.0.0.5:554/stream latency=0 ! rtph264depay ! h264parse ! avdec_h264 ! videoconvert ! autovideosink sync=false",
            "rtspsrc0 > rtph264depay0 > h264parse0 > avdec_h264-0 > videoconvert0 > preview"),
        LaunchLine(
            #"rtspsrc location="rtsp://admin:12345@10.0.0.5/Streaming/Channels/101?transportmode=unicast" protocols=tcp ! rtph265depay ! h265parse ! avdec_h265 ! videoconvert ! xvimagesink"#,
            "rtspsrc0 > rtph265depay0 > h265parse0 > avdec_h265-0 > videoconvert0 > preview"),
        LaunchLine(
            "rtspsrc location=rtsp://10.0.0.5/mjpeg ! rtpjpegdepay ! jpegdec ! videoconvert ! ximagesink",
            "rtspsrc0 > rtpjpegdepay0 > jpegdec0 > videoconvert0 > preview"),
        LaunchLine(
            "rtspsrc location=rtsp://10.0.0.5/mjpeg ! rtpjpegdepay ! jpegparse ! streamtap",
            "rtspsrc0 > rtpjpegdepay0 > jpegparse0 > tap0"),
        LaunchLine(
            "rtspsrc location=rtsp://10.0.0.5/main name=src src. ! rtph264depay ! queue ! h264parse ! mp4mux name=mux ! filesink location=rec.mp4 src. ! rtpmp4gdepay ! aacparse ! queue ! mux.",
            "src > rtph264depay0 > queue0 > h264parse0 > mux > filesink0; src > rtpmp4gdepay0 > aacparse0 > queue1 > mux"
        ),
        LaunchLine(
            "rtspsrc location=rtsp://10.0.0.5/main ! application/x-rtp, media=video, encoding-name=H264 ! rtph264depay ! h264parse ! splitmuxsink location=video%02d.mov max-size-time=10000000000",
            "rtspsrc0 > caps0 > rtph264depay0 > h264parse0 > splitmuxsink0"),
        LaunchLine(
            "rtspsrc location=rtsp://10.0.0.5/main ! decodebin ! videoconvert ! fpsdisplaysink video-sink=fakesink text-overlay=false",
            "rtspsrc0 > decodebin0 > videoconvert0 > preview"),
        LaunchLine(
            "gst-launch-1.0 v4l2src ! videoconvert ! autovideosink",
            "v4l2src0 > videoconvert0 > preview"),
        LaunchLine(
            "gst-launch-1.0 v4l2src device=/dev/video0 ! image/jpeg,width=1920,height=1080,framerate=30/1 ! jpegdec ! videoconvert ! autovideosink",
            "v4l2src0 > caps0 > jpegdec0 > videoconvert0 > preview"),
        LaunchLine(
            "v4l2src device=/dev/video0 ! 'image/jpeg, width=(int)1280, height=(int)720' ! streamtap",
            "v4l2src0 > caps0 > tap0"),
        LaunchLine(
            "v4l2src device=/dev/video1 io-mode=2 ! video/x-raw,format=YUY2,width=640,height=480 ! videoconvert ! xvimagesink",
            "v4l2src0 > caps0 > videoconvert0 > preview"),
        LaunchLine(
            #"v4l2src device=/dev/video0 extra-controls="c,exposure_auto=1,exposure_absolute=100" ! videoconvert ! ximagesink"#,
            "v4l2src0 > videoconvert0 > preview"),
        LaunchLine(
            #"v4l2src ! video/x-raw,format=\(string\)YUY2,framerate=\(fraction\)30/1 ! videoconvert ! glimagesink"#,
            "v4l2src0 > caps0 > videoconvert0 > preview"),
        LaunchLine(
            "v4l2src ! tee name=t t. ! queue ! videoconvert ! autovideosink t. ! queue ! videoconvert ! x264enc ! mp4mux ! filesink location=a.mp4",
            "v4l2src0 > t > queue0 > videoconvert0 > preview; t > queue1 > videoconvert1 > x264enc0 > mp4mux0 > filesink0"
        ),
        LaunchLine(
            "v4l2src ! jpegenc ! multifilesink location=frame%05d.jpg",
            "v4l2src0 > jpegenc0 > multifilesink0; jpegenc0 > preview"),
        LaunchLine(
            "v4l2src num-buffers=1 ! jpegenc ! filesink location=shot.jpg",
            "v4l2src0 > jpegenc0 > filesink0; jpegenc0 > preview"),
        LaunchLine(
            "filesrc location=film.mp4 ! qtdemux ! h264parse ! avdec_h264 ! videoconvert ! autovideosink",
            "filesrc0 > qtdemux0 > h264parse0 > avdec_h264-0 > videoconvert0 > preview"),
        LaunchLine(
            "filesrc location=film.mp4 ! qtdemux name=demux demux.video_0 ! queue ! decodebin ! videoconvert ! autovideosink demux.audio_0 ! queue ! decodebin ! audioconvert ! audioresample ! autoaudiosink",
            "filesrc0 > demux; demux.video_0 > queue0 > decodebin0 > videoconvert0 > preview; demux.audio_0 > queue1 > decodebin1 > audioconvert0 > audioresample0 > autoaudiosink0"
        ),
        LaunchLine(
            "filesrc location=film.mkv ! matroskademux name=d d.video_0 ! queue ! vp9dec ! autovideosink",
            "filesrc0 > d; d.video_0 > queue0 > vp9dec0 > preview"),
        LaunchLine(
            #"filesrc location="my film.avi" ! avidemux name=demux demux. ! queue ! jpegdec ! autovideosink"#,
            "filesrc0 > demux > queue0 > jpegdec0 > preview"),
        LaunchLine(
            "filesrc location=film.ts ! tsdemux name=demux demux. ! queue ! h264parse ! avdec_h264 ! videoconvert ! autovideosink demux. ! queue ! aacparse ! avdec_aac ! autoaudiosink",
            "filesrc0 > demux > queue0 > h264parse0 > avdec_h264-0 > videoconvert0 > preview; demux > queue1 > aacparse0 > avdec_aac0 > autoaudiosink0"
        ),
        LaunchLine(
            "filesrc location=film.webm ! decodebin ! videoconvert ! autovideosink",
            "filesrc0 > decodebin0 > videoconvert0 > preview"),
        LaunchLine(
            "filesrc location=film.mp4 ! decodebin name=dec dec. ! videoconvert ! autovideosink dec. ! audioconvert ! autoaudiosink",
            "filesrc0 > dec > videoconvert0 > preview; dec > audioconvert0 > autoaudiosink0"),
        LaunchLine(
            "uridecodebin uri=file:///srv/film.mp4 ! videoconvert ! autovideosink",
            "uridecodebin0 > videoconvert0 > preview"),
        LaunchLine(
            "uridecodebin uri=rtsp://10.0.0.5/main ! videoscale ! video/x-raw,width=640 ! videoconvert ! streamtap",
            "uridecodebin0 > videoscale0 > caps0 > videoconvert0 > tap0"),
        LaunchLine(
            "uridecodebin uri=https://example.org/live.m3u8 name=d ! queue ! theoraenc ! oggmux name=mux ! filesink location=a.ogg d. ! queue ! audioconvert ! vorbisenc ! mux.",
            "d > queue0 > theoraenc0 > mux > filesink0; d > queue1 > audioconvert0 > vorbisenc0 > mux; queue0 > preview"
        ),
        LaunchLine(
            #"multifilesrc location=img.%04d.png index=0 caps="image/png,framerate=12/1" ! pngdec ! videoconvert ! autovideosink"#,
            "multifilesrc0 > pngdec0 > videoconvert0 > preview"),
        LaunchLine(
            "souphttpsrc location=http://10.0.0.5/video.mjpg is-live=true ! multipartdemux ! jpegdec ! autovideosink",
            "souphttpsrc0 > multipartdemux0 > jpegdec0 > preview"),
        LaunchLine(
            "udpsrc port=5000 ! application/x-rtp,encoding-name=H264,payload=96 ! rtph264depay ! h264parse ! avdec_h264 ! autovideosink",
            "udpsrc0 > caps0 > rtph264depay0 > h264parse0 > avdec_h264-0 > preview"),
        LaunchLine(
            #"udpsrc port=5000 caps="application/x-rtp, media=(string)video, clock-rate=(int)90000, encoding-name=(string)H264, payload=(int)96" ! rtph264depay ! avdec_h264 ! videoconvert ! autovideosink"#,
            "udpsrc0 > rtph264depay0 > avdec_h264-0 > videoconvert0 > preview"),
        LaunchLine(
            "udpsrc uri=udp://239.0.0.1:1234 ! tsdemux ! h264parse ! avdec_h264 ! streamtap",
            "udpsrc0 > tsdemux0 > h264parse0 > avdec_h264-0 > tap0"),
        LaunchLine(
            "tcpclientsrc host=10.0.0.5 port=5000 ! gdpdepay ! rtph264depay ! avdec_h264 ! videoconvert ! autovideosink sync=false",
            "tcpclientsrc0 > gdpdepay0 > rtph264depay0 > avdec_h264-0 > videoconvert0 > preview"),
        LaunchLine(
            #"srtsrc uri="srt://10.0.0.5:7001?mode=caller" ! tsdemux ! h264parse ! avdec_h264 ! streamtap"#,
            "srtsrc0 > tsdemux0 > h264parse0 > avdec_h264-0 > tap0"),
        LaunchLine(
            "compositor name=comp sink_1::xpos=320 ! videoconvert ! autovideosink videotestsrc ! video/x-raw,width=320 ! comp.sink_0 videotestsrc pattern=ball ! video/x-raw,width=320 ! comp.sink_1",
            "comp > videoconvert0 > preview; videotestsrc0 > caps0 > comp.sink_0; videotestsrc1 > caps1 > comp.sink_1"),
        LaunchLine(
            "v4l2src device=/dev/video0 ! videoconvert ! comp. v4l2src device=/dev/video2 ! videoconvert ! comp. compositor name=comp sink_0::xpos=0 sink_1::xpos=640 ! videoconvert ! xvimagesink",
            "v4l2src0 > videoconvert0 > comp; v4l2src1 > videoconvert1 > comp > videoconvert2 > preview"),
        LaunchLine(
            "videomixer name=mix sink_0::alpha=1 sink_1::alpha=0.5 ! videoconvert ! ximagesink videotestsrc ! mix. videotestsrc pattern=1 ! mix.",
            "mix > videoconvert0 > preview; videotestsrc0 > mix; videotestsrc1 > mix"),
        LaunchLine(
            "rtspsrc location=rtsp://a/1 ! rtph264depay ! avdec_h264 ! comp.sink_0 rtspsrc location=rtsp://b/2 ! rtph264depay ! avdec_h264 ! comp.sink_1 compositor name=comp ! x264enc ! flvmux ! rtmpsink location=rtmp://c/live",
            "rtspsrc0 > rtph264depay0 > avdec_h264-0 > comp.sink_0; rtspsrc1 > rtph264depay1 > avdec_h264-1 > comp.sink_1; comp > x264enc0 > flvmux0 > rtmpsink0; comp > preview"
        ),
        LaunchLine(
            "videotestsrc ! videobox left=-10 ! videoflip method=rotate-180 ! videoconvert ! autovideosink",
            "videotestsrc0 > videobox0 > videoflip0 > videoconvert0 > preview"),
        LaunchLine(
            #"videotestsrc ! timeoverlay halignment=right valignment=bottom text="Stream time:" shaded-background=true font-desc="Sans, 24" ! xvimagesink"#,
            "videotestsrc0 > timeoverlay0 > preview"),
        LaunchLine(
            #"videotestsrc ! clockoverlay time-format="%D %H:%M:%S" ! videoconvert ! autovideosink"#,
            "videotestsrc0 > clockoverlay0 > videoconvert0 > preview"),
        LaunchLine(
            "videotestsrc ! textoverlay text='Room A' valignment=top halignment=left font-desc='Sans, 72' ! autovideosink",
            "videotestsrc0 > textoverlay0 > preview"),
        LaunchLine(
            "videotestsrc ! videorate ! video/x-raw,framerate=5/1 ! jpegenc quality=70 ! streamtap",
            "videotestsrc0 > videorate0 > caps0 > jpegenc0 > tap0"),
        LaunchLine(
            "videotestsrc ! video/x-raw,format=I420 ! vp8enc deadline=1 ! webmmux streamable=true ! filesink location=a.webm",
            "videotestsrc0 > caps0 > vp8enc0 > webmmux0 > filesink0; caps0 > preview"),
        LaunchLine(
            "videotestsrc ! vp9enc ! matroskamux ! filesink location=a.mkv",
            "videotestsrc0 > vp9enc0 > matroskamux0 > filesink0; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc ! x265enc ! h265parse ! matroskamux ! filesink location=a.mkv",
            "videotestsrc0 > x265enc0 > h265parse0 > matroskamux0 > filesink0; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc ! av1enc ! av1parse ! mp4mux fragment-duration=1000 ! filesink location=a.mp4",
            "videotestsrc0 > av1enc0 > av1parse0 > mp4mux0 > filesink0; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc is-live=1 ! x264enc key-int-max=30 ! h264parse ! mpegtsmux ! hlssink playlist-root=http://h/ location=s%05d.ts max-files=5",
            "videotestsrc0 > x264enc0 > h264parse0 > mpegtsmux0 > hlssink0; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc ! x264enc ! flvmux streamable=true name=mux ! rtmpsink location='rtmp://host/app/key live=1' audiotestsrc ! voaacenc bitrate=128000 ! mux.",
            "videotestsrc0 > x264enc0 > mux > rtmpsink0; audiotestsrc0 > voaacenc0 > mux; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc ! x264enc ! rtspclientsink location=rtsp://127.0.0.1:8554/test",
            "videotestsrc0 > x264enc0 > rtspclientsink0; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc ! identity sleep-time=10000 ! queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 ! fakesink silent=false",
            "videotestsrc0 > identity0 > queue0 > fakesink0; queue0 > preview"),
        LaunchLine(
            "videotestsrc ! tee name=t ! queue ! autovideosink t. ! queue ! fakesink t. ! queue ! jpegenc ! multifilesink location=%d.jpg",
            "videotestsrc0 > t > queue0 > preview; t > queue1 > fakesink0; t > queue2 > jpegenc0 > multifilesink0"),
        LaunchLine(
            "nvarguscamerasrc ! 'video/x-raw(memory:NVMM), width=1920, height=1080, format=NV12, framerate=30/1' ! nvvidconv flip-method=2 ! video/x-raw,format=BGRx ! videoconvert ! appsink drop=1",
            "nvarguscamerasrc0 > caps0 > nvvidconv0 > caps1 > videoconvert0 > appsink0; videoconvert0 > preview"),
        LaunchLine(
            "libcamerasrc ! video/x-raw,colorimetry=bt709,format=NV12,width=1280,height=720,framerate=30/1 ! jpegenc ! multipartmux ! tcpserversink host=0.0.0.0 port=5000",
            "libcamerasrc0 > caps0 > jpegenc0 > multipartmux0 > tcpserversink0; jpegenc0 > preview"),
        LaunchLine(
            "v4l2src ! video/x-bayer,format=rggb ! bayer2rgb ! videoconvert ! kmssink",
            "v4l2src0 > caps0 > bayer2rgb0 > videoconvert0 > preview"),
        LaunchLine(
            "v4l2src ! video/x-h264,width=1920,framerate=30/1 ! h264parse ! avdec_h264 ! streamtap name=live",
            "v4l2src0 > caps0 > h264parse0 > avdec_h264-0 > live"),
        LaunchLine(
            #"v4l2src ! "video/x-raw,width=640;image/jpeg,width=640" ! decodebin ! streamtap"#,
            "v4l2src0 > caps0 > decodebin0 > tap0"),
        LaunchLine(
            "ximagesrc startx=0 use-damage=0 ! video/x-raw,framerate=30/1 ! videoscale method=0 ! video/x-raw,width=640,height=480 ! videoconvert ! streamtap",
            "ximagesrc0 > caps0 > videoscale0 > caps1 > videoconvert0 > tap0"),
        LaunchLine(
            "rtspsrc location=rtsp://10.0.0.5/main latency=100 ! rtph264depay ! tee name=t t. ! queue ! h264parse ! mp4mux ! filesink location=a.mp4 t. ! queue ! avdec_h264 ! streamtap",
            "rtspsrc0 > rtph264depay0 > t > queue0 > h264parse0 > mp4mux0 > filesink0; t > queue1 > avdec_h264-0 > tap0"
        ),
        LaunchLine(
            "videotestsrc ! glupload ! glcolorconvert ! gldownload ! videoconvert ! waylandsink",
            "videotestsrc0 > glupload0 > glcolorconvert0 > gldownload0 > videoconvert0 > preview"),
        LaunchLine(
            "filesrc location=a.jpg ! jpegdec ! imagefreeze ! videoconvert ! autovideosink",
            "filesrc0 > jpegdec0 > imagefreeze0 > videoconvert0 > preview"),
        LaunchLine(
            "videotestsrc ! avenc_mpeg4 ! avimux ! filesink location=a.avi",
            "videotestsrc0 > avenc_mpeg4-0 > avimux0 > filesink0; videotestsrc0 > preview"),
        LaunchLine(
            "gst-launch-1.0 -e videotestsrc ! encodebin profile=\"video/quicktime:video/x-h264\" ! filesink location=a.mov",
            "videotestsrc0 > encodebin0 > filesink0; videotestsrc0 > preview"),
        LaunchLine(
            "videotestsrc ! x264enc ! splitmuxsink muxer=matroskamux location=part%02d.mkv",
            "videotestsrc0 > x264enc0 > splitmuxsink0; videotestsrc0 > preview"),
        LaunchLine(
            "playbin uri=file:///srv/film.mp4 video-sink=fakesink audio-sink='fakesink sync=true' flags=video+audio", ""
        ),
    ]
}
