import CTurboJPEG

/// libjpeg-turbo's encoder, straight from planes and strides. Confined to one thread.
final class JPEGCompressor {
    private let handle: tjhandle
    private var output = ScratchMemory()

    init() throws(JPEGError) {
        guard let handle = tjInitCompress() else { throw .codec(TurboJPEG.message(nil)) }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    /// - Parameters:
    ///   - picture: full range BT.601, 4:2:0 with padded odd sides, or luma alone, which becomes a gray JPEG.
    ///   - quality: 1…100.
    func compress(_ picture: YUVPicture, quality: Int) throws(JPEGError) -> [UInt8] {
        let (width, height) = (Int32(picture.size.width), Int32(picture.size.height))
        let subsampling = Int32((picture.chroma == nil ? TJSAMP_GRAY : TJSAMP_420).rawValue)
        let room = tjBufSize(width, height, subsampling)
        guard room > 0, room <= Int32.max else { throw .size(width: Int(width), height: Int(height)) }
        var target: UnsafeMutablePointer<UInt8>? = output.bytes(Int(room))
        var length = UInt(output.capacity)
        var planes: InlineArray<3, UnsafePointer<UInt8>?> = [
            picture.y.samples, picture.chroma?.u.samples, picture.chroma?.v.samples,
        ]
        var strides: InlineArray<3, Int32> = [
            Int32(picture.y.stride), Int32(picture.chroma?.u.stride ?? 0), Int32(picture.chroma?.v.stride ?? 0),
        ]
        var planeSpan = planes.mutableSpan
        var strideSpan = strides.mutableSpan
        let status = planeSpan.withUnsafeMutableBufferPointer { planes in
            strideSpan.withUnsafeMutableBufferPointer { strides in
                tjCompressFromYUVPlanes(
                    handle, planes.baseAddress, width, strides.baseAddress, height, subsampling, &target, &length,
                    Int32(quality), TJFLAG_NOREALLOC)
            }
        }
        guard status == 0, let target else { throw .codec(TurboJPEG.message(handle)) }
        return Array(UnsafeBufferPointer(start: target, count: Int(length)))
    }
}

enum TurboJPEG {
    static func message(_ handle: tjhandle?) -> String {
        tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error"
    }
}
