internal import CGStreamer

/// What of a frame is said in caps. Frames that agree in it need no new ones.
struct FrameCaps: Hashable {
    var format: PixelFormat
    var width: Int
    var height: Int
    var colorimetry: Colorimetry
    var pixelAspect: PixelAspect
    /// Frames a second as a fraction; nil when the source does not say.
    var rate: FrameRate?

    init(_ frame: Frame, rate: FrameRate?) {
        format = frame.format
        width = frame.width
        height = frame.height
        colorimetry = frame.colorimetry
        pixelAspect = frame.pixelAspect
        self.rate = rate
    }

    /// Nil for a frame that is no pixels.
    var info: GstVideoInfo? {
        let video: GstVideoFormat
        switch format {
        case .i420: video = GST_VIDEO_FORMAT_I420
        case .nv12: video = GST_VIDEO_FORMAT_NV12
        case .gray8: video = GST_VIDEO_FORMAT_GRAY8
        case .jpeg: return nil
        }
        guard let width = guint(exactly: width), let height = guint(exactly: height) else { return nil }
        var info = GstVideoInfo()
        guard gst_video_info_set_format(&info, video, width, height) != 0,
            gst_video_colorimetry_from_string(&info.colorimetry, colorimetry.text) != 0
        else { return nil }
        info.par_n = gint(clamping: pixelAspect.width)
        info.par_d = gint(clamping: pixelAspect.height)
        // 0/1 says that frames come as they come; encoders want to hear something.
        info.fps_n = rate?.numerator ?? 0
        info.fps_d = rate?.denominator ?? 1
        return info
    }
}

extension Colorimetry {
    /// `range:matrix:transfer:primaries` or a standard's name, as GStreamer writes it (gst-video's
    /// video-color.h). What of it frames do not know is what usually goes with the rest.
    fileprivate var text: String {
        switch (matrix, range) {
        case _ where isWide || matrix == .bt2020: wideText
        case (.bt601, .full): "1:4:7:1"
        case (.bt709, .limited): "bt709"
        case (.bt709, .full): "1:3:5:1"
        default: "bt601"
        }
    }

    private var wideText: String {
        let (range, matrix) = (range == .full ? 1 : 2, [Matrix.bt601: 4, .bt709: 3, .bt2020: 6][matrix] ?? 6)
        let transfer = [Transfer.pq: 14, .hlg: 15][transfer] ?? 13
        return "\(range):\(matrix):\(transfer):\(primaries == .bt2020 ? 7 : 1)"
    }
}
