extension Frame {
    /// Pixels that its rows have once it is upright.
    var uprightSize: (width: Int, height: Int) { orientation.exchangesSides ? (height, width) : (width, height) }

    /// The shape of its pixels once it is upright.
    var uprightPixelAspect: PixelAspect { orientation.exchangesSides ? pixelAspect.turned : pixelAspect }

    /// What the stages so far have found, in pixels of the upright picture.
    var uprightDetections: [Detection]? {
        guard orientation != .upright, let detections else { return detections }
        let transform = orientation.transform
        return detections.map { found in
            found.moved { transform.apply($0, width: Double(width), height: Double(height)) }
        }
    }

    /// The same picture with its first row on top; itself where it is so already. Not for a JPEG.
    func upright(from pool: FramePool) -> Frame {
        guard orientation != .upright, format != .jpeg else { return self }
        var attributes = attributes
        attributes.orientation = .upright
        attributes.pixelAspect = uprightPixelAspect
        attributes.detections = uprightDetections
        let transform = orientation.transform
        let size = uprightSize
        return withPlanes { planes in
            pool.frame(format, width: size.width, height: size.height, attributes) { target in
                for index in 0..<planes.count {
                    transform.apply(planes[index], to: target[index], channels: format.channels(index))
                }
            }
        }
    }
}
