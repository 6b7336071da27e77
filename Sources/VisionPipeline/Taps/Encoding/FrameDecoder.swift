import CYUV

/// Makes pixels of a camera's JPEGs, for stages. Confined to one thread; keeps its memory.
final class FrameDecoder {
    private var decoder: JPEGDecoder?
    private let pool = FramePool()

    /// A frame with the picture's own pixels: I420, or GRAY8 where the picture is gray, full range.
    func decode(_ frame: Frame) throws(JPEGError) -> Frame {
        try frame.withPlanes { planes throws(JPEGError) in
            let size = PictureSize(width: frame.width, height: frame.height)
            let jpeg = try JPEGBytes(planes[0])
            let decoder = if let decoder { decoder } else { try JPEGDecoder() }
            // libjpeg-turbo 2.1 does not reset itself after a bad header: kept, it would refuse the good pictures behind it.
            self.decoder = nil
            let picture = try decoder.decode(jpeg, atMost: size, for: size)
            self.decoder = decoder
            return pool.frame(
                from: frame, format: picture.chroma == nil ? .gray8 : .i420, colorimetry: .jpeg
            ) { target in
                target[0].copy(picture.y)
                guard let (u, v) = picture.chroma else { return }
                for (source, index) in [(u, 1), (v, 2)] { Self.fit(source, to: target[index]) }
            }
        }
    }

    /// Chroma of any subsampling becomes that of 4:2:0.
    private static func fit(_ source: Plane, to target: MutablePlane) {
        guard (source.width, source.height) != (target.width, target.height) else { return target.copy(source) }
        ScalePlane(
            source.samples, Int32(source.stride), Int32(source.width), Int32(source.height), target.base,
            Int32(target.stride), Int32(target.width), Int32(target.height), kFilterBox)
    }
}
