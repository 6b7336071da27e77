internal import CGStreamer

/// The caps of raw video as a frame needs them; made once for each caps.
struct VideoFormat {
    var info: GstVideoInfo
    let format: PixelFormat
    let colorimetry: Colorimetry
    let pixelAspect: PixelAspect

    /// Nil for caps that are no raw video in a format that frames have.
    init?(_ caps: UnsafeMutablePointer<GstCaps>) {
        var info = GstVideoInfo()
        guard gst_video_info_from_caps(&info, caps) != 0, let details = info.finfo else { return nil }
        switch details.pointee.format {
        case GST_VIDEO_FORMAT_I420: format = .i420
        case GST_VIDEO_FORMAT_NV12: format = .nv12
        case GST_VIDEO_FORMAT_GRAY8: format = .gray8
        default: return nil
        }
        self.info = info
        colorimetry = Colorimetry(info.colorimetry, height: Int(info.height))
        pixelAspect = PixelAspect(Int(info.par_n), Int(info.par_d))
    }

    /// Whether a picture's rows are of two moments. In a mixed stream each says so itself.
    func isInterlaced(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Bool {
        switch info.interlace_mode {
        case GST_VIDEO_INTERLACE_MODE_PROGRESSIVE: false
        case GST_VIDEO_INTERLACE_MODE_MIXED:
            buffer.pointee.mini_object.flags & GST_VIDEO_BUFFER_FLAG_INTERLACED.rawValue != 0
        default: true
        }
    }

    var width: Int { Int(info.width) }
    var height: Int { Int(info.height) }
}

extension Colorimetry {
    /// What GStreamer leaves open is filled in as ITU-R practice has it: BT.601 below 720 lines, BT.709 above,
    /// limited range.
    init(_ colorimetry: GstVideoColorimetry, height: Int) {
        let range: Range = colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 ? .full : .limited
        let matrix: Matrix =
            switch colorimetry.matrix {
            case GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_COLOR_MATRIX_FCC: .bt601
            case GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_COLOR_MATRIX_SMPTE240M: .bt709
            case GST_VIDEO_COLOR_MATRIX_BT2020: .bt2020
            default: height < 720 ? .bt601 : .bt709
            }
        let transfer: Transfer =
            switch colorimetry.transfer {
            case GST_VIDEO_TRANSFER_SMPTE2084: .pq
            case GST_VIDEO_TRANSFER_ARIB_STD_B67: .hlg
            default: .ordinary
            }
        let primaries: Primaries = colorimetry.primaries == GST_VIDEO_COLOR_PRIMARIES_BT2020 ? .bt2020 : .bt709
        self.init(range: range, matrix: matrix, transfer: transfer, primaries: primaries)
    }
}
