/// Where Debian 12 keeps elements that people ask for and may not have installed.
enum DebianPackage {
    static func holding(_ element: String) -> String? {
        if let package = known[element] { return package }
        if element.hasPrefix("avdec_") || element.hasPrefix("avenc_") || element.hasPrefix("avmux_") {
            return "gstreamer1.0-libav"
        }
        if element.hasPrefix("va"),
            element.hasSuffix("dec") || element.hasSuffix("enc") || element.hasSuffix("postproc")
        {
            return element.hasPrefix("vaapi") ? "gstreamer1.0-vaapi" : "gstreamer1.0-plugins-bad"
        }
        return nil
    }

    private static let known: [String: String] = {
        let packages: [String: String] = [
            "gstreamer1.0-plugins-base":
                "videotestsrc videoconvert videoscale videorate decodebin uridecodebin playbin appsink appsrc theoradec",
            "gstreamer1.0-x": "textoverlay clockoverlay timeoverlay ximagesink xvimagesink ximagesrc",
            "gstreamer1.0-plugins-good": """
            rtspsrc rtph264depay rtph265depay rtpjpegdepay rtpvp8depay rtpvp9depay v4l2src v4l2h264dec v4l2sink jpegdec \
            jpegenc pngdec pngenc qtdemux mp4mux matroskademux matroskamux avidemux flvdemux multipartdemux souphttpsrc \
            videocrop videoflip splitmuxsink vp8dec vp9dec udpsrc udpsink level deinterlace
            """,
            "gstreamer1.0-plugins-bad": """
            h264parse h265parse jpegparse tsdemux mpegtsmux hlssink2 srtsrc srtsink rtmpsrc rtmp2src openh264dec \
            openh264enc x265enc dvbsrc kmssink waylandsink nvh264dec nvh265dec
            """,
            "gstreamer1.0-plugins-ugly": "x264enc mpeg2dec asfdemux",
            "gstreamer1.0-gl": "glupload gldownload glimagesink glcolorconvert",
            "gstreamer1.0-vaapi": "vaapih264dec vaapih265dec vaapijpegdec vaapipostproc vaapih264enc",
            "gstreamer1.0-libcamera": "libcamerasrc",
            "gstreamer1.0-rtsp": "rtspclientsink",
            "gstreamer1.0-alsa": "alsasrc alsasink",
            "gstreamer1.0-pulseaudio": "pulsesrc pulsesink",
            "gstreamer1.0-nice": "nicesrc nicesink",
        ]
        var elements: [String: String] = [:]
        for (package, names) in packages {
            for name in names.split(separator: " ") { elements[String(name)] = package }
        }
        return elements
    }()
}
