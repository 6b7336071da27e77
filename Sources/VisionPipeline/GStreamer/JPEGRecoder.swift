internal import CGStreamer
import CTurboJPEG

/// Codes those pictures anew that GStreamer 1.22's `jpegdec` decodes wrongly, on their way to it.
///
/// It reads chroma of one sample beside one, two or four of luma. 4:1:1, and 4:4:4 as ffmpeg writes it (all three components two
/// samples high), it takes for something else: stripes in green. What libjpeg-turbo makes of them goes on as an ordinary 4:4:4
/// JPEG, once more through a coder, without a loss that anybody sees.
final class JPEGRecoder: @unchecked Sendable {  // the thread that feeds the decoder only
    private let (decoder, coder) = (tjInitDecompress(), tjInitCompress())
    private var pixels: [UInt8] = []

    static func isNeeded(for picture: JPEGStructure) -> Bool {
        guard picture.components.count == 3 else { return false }
        let (luma, chroma) = (picture.components[0], picture.components.dropFirst())
        let isRead = luma.across <= 2 && luma.down <= 2 && chroma.allSatisfy { ($0.across, $0.down) == (1, 1) }
        // 4:2:2 in another spelling, which it reads as well.
        let isTall = (luma.across, luma.down) == (2, 2) && chroma.allSatisfy { ($0.across, $0.down) == (1, 2) }
        return !isRead && !isTall
    }

    deinit {
        if let decoder { tjDestroy(decoder) }
        if let coder { tjDestroy(coder) }
    }

    /// - Parameters:
    ///   - bytes: one whole picture.
    ///   - buffer: that holds it; its times and flags go on.
    /// - Returns: another buffer; nil where libjpeg-turbo cannot read it either.
    func recoded(
        _ bytes: UnsafeRawBufferPointer, _ picture: JPEGStructure, _ buffer: UnsafeMutablePointer<GstBuffer>
    ) -> UnsafeMutablePointer<GstBuffer>? {
        let (width, height) = (Int32(picture.width), Int32(picture.height))
        let pitch = width * 3
        if pixels.count < Int(pitch) * picture.height {
            pixels = Array(repeating: 0, count: Int(pitch) * picture.height)
        }
        let source = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard let decoder, let coder,
            tjDecompress2(
                decoder, source, UInt(bytes.count), &pixels, width, pitch, height, Int32(TJPF_RGB.rawValue), 0) == 0
                || tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
        else { return nil }
        var (coded, length): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
        defer { tjFree(coded) }
        guard
            tjCompress2(
                coder, pixels, width, pitch, height, Int32(TJPF_RGB.rawValue), &coded, &length,
                Int32(TJSAMP_444.rawValue), 98, 0) == 0,
            let result = gst_buffer_new_allocate(nil, gsize(length), nil)
        else { return nil }
        gst_buffer_fill(result, 0, coded, gsize(length))
        let kept = GstBufferCopyFlags(
            rawValue: GST_BUFFER_COPY_FLAGS.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue
                | GST_BUFFER_COPY_META.rawValue)
        gst_buffer_copy_into(result, buffer, kept, 0, gsize.max)
        return result
    }
}
