import CAprilTag
import Glibc

/// A pinhole camera, in pixels of the frame, and the size of the tags that it looks at.
struct CameraModel: Hashable {
    /// Side of the tag's border, metres: of the square whose corners are found.
    var tagSize: Double
    /// Focal lengths.
    var fx: Double
    var fy: Double
    /// Where the optical axis meets the picture; nil: its middle.
    var cx: Double?
    var cy: Double?

    /// Sine of the angle that a tag's diagonals must fill. Below it the library's matrices become singular, which it
    /// does not check, and the pose would say nothing.
    private static let smallestAngle = 1e-3
}

extension CameraModel {
    /// Where the tag stands (E. Olson 2011 and Lu, Hager, Mjolsness 2000, the better of two minima, as libapriltag
    /// has it). Nil for a tag too small or too flat to say.
    ///
    /// - Parameters:
    ///   - corners: the tag's, a convex quadrilateral in order.
    ///   - width, height: the frame's size in pixels.
    func pose(
        of detection: UnsafeMutablePointer<apriltag_detection_t>, corners: [Detection.Point], width: Int, height: Int
    ) -> Detection.Pose? {
        let (cx, cy) = (cx ?? Double(width) / 2, cy ?? Double(height) / 2)
        let rays = corners.map { ray(to: $0, cx: cx, cy: cy) }
        guard rays.count == 4, min(sine(rays[0], rays[2]), sine(rays[1], rays[3])) >= Self.smallestAngle else {
            return nil
        }
        var info = apriltag_detection_info_t(det: detection, tagsize: tagSize, fx: fx, fy: fy, cx: cx, cy: cy)
        var pose = apriltag_pose_t(R: nil, t: nil)
        let error = estimate_tag_pose(&info, &pose)
        // The library does not export matd_destroy; it is free().
        defer {
            free(pose.R)
            free(pose.t)
        }
        guard let position = elements(pose.t, count: 3), let matrix = elements(pose.R, count: 9),
            let rotation = Detection.Quaternion(matrix: matrix), position.allSatisfy(\.isFinite), position[2] > 0,
            error.isFinite
        else { return nil }
        return Detection.Pose(x: position[0], y: position[1], z: position[2], rotation: rotation, error: error)
    }

    private func ray(to point: Detection.Point, cx: Double, cy: Double) -> SIMD3<Double> {
        let ray = SIMD3((point.x - cx) / fx, (point.y - cy) / fy, 1)
        return ray / (ray * ray).sum().squareRoot()
    }

    private func sine(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
        let cross = SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        return (cross * cross).sum().squareRoot()
    }

    /// A matrix's elements row by row; they follow its two counts in memory.
    private func elements(_ matrix: UnsafeMutablePointer<matd_t>?, count: Int) -> [Double]? {
        guard let matrix, Int(matrix.pointee.nrows * matrix.pointee.ncols) == count else { return nil }
        let first = UnsafeRawPointer(matrix) + MemoryLayout<matd_t>.size
        return (0..<count).map { first.load(fromByteOffset: $0 * MemoryLayout<Double>.stride, as: Double.self) }
    }
}
