extension Detection {
    /// The same thing where a stage that moves pixels has put it.
    ///
    /// - Parameter place: from a point of the old frame to that of the new one.
    func moved(_ place: (Point) -> Point) -> Detection {
        var moved = self
        moved.corners = corners.map(place)
        moved.anchor = anchor.map(place)
        // A pose is one before the old picture's camera.
        moved.pose = nil
        let (right, bottom) = (box.x + box.width, box.y + box.height)
        moved.box = Box(
            around: [
                place(Point(x: box.x, y: box.y)), place(Point(x: right, y: box.y)), place(Point(x: right, y: bottom)),
                place(Point(x: box.x, y: bottom)),
            ])
        return moved
    }

    /// Some of its box lies in a frame of this size.
    func isVisible(width: Int, height: Int) -> Bool {
        box.x < Double(width) && box.y < Double(height) && box.x + box.width > 0 && box.y + box.height > 0
    }
}

extension Frame {
    /// The frame with its detections moved, those gone that are no longer in it: for a stage that moves pixels.
    ///
    /// - Parameter place: from a point of the old frame to that of the new one, pixels.
    public func movingDetections(_ place: (Detection.Point) -> Detection.Point) -> Frame {
        guard let detections, !detections.isEmpty else { return self }
        return with(
            detections: detections.map { $0.moved(place) }.filter { $0.isVisible(width: width, height: height) })
    }
}
