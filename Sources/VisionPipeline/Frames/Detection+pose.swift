extension Detection {
    /// Where a thing stands before the camera. Axes as computer vision has them: x right, y down, z forward.
    public struct Pose: Hashable, Sendable {
        /// The thing's middle, metres to the camera's right.
        public var x: Double
        /// The thing's middle, metres below the camera's axis.
        public var y: Double
        /// The thing's middle, metres before the camera.
        public var z: Double
        /// From the thing's own axes to the camera's. A tag's own axes are x right, y down, z into the tag.
        public var rotation: Quaternion
        /// Sum of the squared distances between the corners and their rays, square metres (Lu, Hager, Mjolsness 2000).
        public var error: Double

        /// Where a thing's middle is, how it is turned, and how well that fits what was seen.
        ///
        /// - Parameters:
        ///   - x: metres to the right.
        ///   - y: metres down.
        ///   - z: metres ahead.
        ///   - rotation: from the thing's own axes to the camera's.
        ///   - error: square metres; 0 where nobody has measured it.
        public init(x: Double, y: Double, z: Double, rotation: Quaternion, error: Double = 0) {
            self.x = x
            self.y = y
            self.z = z
            self.rotation = rotation
            self.error = error
        }
    }

    /// A rotation as a unit quaternion, w ≥ 0.
    public struct Quaternion: Hashable, Sendable {
        /// The cosine of half the angle.
        public var w: Double
        /// Along x: the axis times the sine of half the angle.
        public var x: Double
        /// Along y.
        public var y: Double
        /// Along z.
        public var z: Double

        /// A quaternion w + xi + yj + zk; its length has to be 1.
        public init(w: Double, x: Double, y: Double, z: Double) {
            self.w = w
            self.x = x
            self.y = y
            self.z = z
        }
    }
}

extension Detection.Quaternion {
    /// From a rotation matrix, row by row (Shepperd's method: the largest of the four is found first, so that nothing
    /// is divided by a small number). Nil unless it has nine finite elements.
    init?(matrix m: [Double]) {
        guard m.count == 9, m.allSatisfy(\.isFinite) else { return nil }
        let trace = m[0] + m[4] + m[8]
        var q: Detection.Quaternion
        if trace >= max(m[0], m[4], m[8]) {
            q = Detection.Quaternion(w: 1 + trace, x: m[7] - m[5], y: m[2] - m[6], z: m[3] - m[1])
        } else if m[0] >= max(m[4], m[8]) {
            q = Detection.Quaternion(w: m[7] - m[5], x: 1 + m[0] - m[4] - m[8], y: m[1] + m[3], z: m[2] + m[6])
        } else if m[4] >= m[8] {
            q = Detection.Quaternion(w: m[2] - m[6], x: m[1] + m[3], y: 1 - m[0] + m[4] - m[8], z: m[5] + m[7])
        } else {
            q = Detection.Quaternion(w: m[3] - m[1], x: m[2] + m[6], y: m[5] + m[7], z: 1 - m[0] - m[4] + m[8])
        }
        let length = (q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z).squareRoot() * (q.w < 0 ? -1 : 1)
        guard length.isFinite, length != 0 else { return nil }
        self.init(w: q.w / length, x: q.x / length, y: q.y / length, z: q.z / length)
    }
}
