internal import Foundation
internal import WorkerLink

/// A finished JPEG in another size or quality, for who asks when no pipeline is there to make one of a frame.
enum RescaledPicture {
    /// - Parameter input: the `Variant` as JSON, a line break, and the JPEG.
    /// - Returns: nil where that is not what it is.
    static func make(_ input: Data, limit: PictureLimit = PictureLimit()) -> [UInt8]? {
        guard let end = input.firstIndex(of: 0x0A),
            let variant = try? JSONDecoder().decode(Variant.self, from: input[..<end])
        else { return nil }
        return input[(end + 1)...].withUnsafeBytes { bytes -> [UInt8]? in
            guard let picture = try? JPEGStructure(bytes), limit.allows(picture), let base = bytes.baseAddress
            else { return nil }
            let count = picture.bytes.count
            let plane = Plane(base: base + picture.bytes.lowerBound, stride: count, width: count, height: 1)
            let block = PlaneBlock(copying: Planes(plane))
            var attributes = FrameAttributes()
            attributes.orientation = Orientation(rawValue: picture.orientation) ?? .upright
            let frame = Frame(
                format: .jpeg, width: picture.width, height: picture.height, attributes: attributes,
                planes: block.planes, owner: block)
            return try? PictureEncoder().encode(frame, as: variant).jpeg
        }
    }
}
