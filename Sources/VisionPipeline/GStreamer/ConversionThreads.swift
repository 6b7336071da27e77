internal import CGStreamer

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Gives a videoconvert as many threads as its work is worth, from the caps that come to it.
///
/// What has a path of its own in videoconvert (8-bit YUV to I420) takes 3 ms a frame at 4K, and one thread. What goes pixel by
/// pixel takes about 1.6 ms a megapixel: from 720p on, two threads need 0.49 to 0.64 of one's time for 10-bit I420; below that they cost
/// more than they bring. Measured on GStreamer 1.22 with two cores. RGB goes the same way, but what it gains is not proven.
enum ConversionThreads {
    /// Pixels that are worth a thread.
    private static let share = 1280 * 720 / 2
    private static let most = 4

    static func install(on convert: UnsafeMutablePointer<GstElement>) {
        convert.pad(named: "sink")?.probe(.events) { info in
            if let caps = info.event?.caps, let convert = gst_pad_get_parent_element(info.pad) {
                convert.set("n-threads", UInt32(count(for: caps, cores: cores)))
                gst_object_unref(convert)
            }
            return .pass
        }
    }

    static var cores: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

    /// How many threads the conversion of pictures with these caps to I420 is worth; at least one.
    static func count(for caps: UnsafeMutablePointer<GstCaps>, cores: Int) -> Int {
        var info = GstVideoInfo()
        guard gst_video_info_from_caps(&info, caps) != 0, let format = info.finfo?.pointee else { return 1 }
        let isYUV = format.flags.rawValue & GST_VIDEO_FORMAT_FLAG_YUV.rawValue != 0
        // C arrays import as tuples; this has four elements (GST_VIDEO_MAX_COMPONENTS).
        let depth = withUnsafeBytes(of: format.depth) { $0.bindMemory(to: guint.self)[0] }
        guard !isYUV || depth > 8 else { return 1 }
        let pixels = Int(info.width).multipliedReportingOverflow(by: Int(info.height)).partialValue
        return max(1, min(pixels / share, cores, most))
    }
}
