import CAprilTag
import CCairo
import CYUV
import Glibc
import TestSupport
import Testing

@testable import VisionPipeline

/// A picture of one tag before a pinhole camera: where its corners are is known exactly.
struct TagScene {
    var width = 320
    var height = 240
    /// Focal length, pixels; the optical axis meets the middle of the picture.
    var focal = 300.0
    /// Side of the tag's border, metres.
    var size = 0.2
    /// The tag's middle, metres.
    var position = SIMD3(0.0, 0, 1)
    /// Rotation of the tag, row by row.
    var rotation = TagScene.turned(x: 0, y: 0, z: 0)
    var background = 180.0
    /// All light is multiplied by this.
    var light = 1.0
    /// Standard deviation of the noise, gray levels.
    var noise = 0.0
    /// Standard deviation of the blur, pixels.
    var blur = 0.0

    /// Rotations about x, then y, then z, in degrees.
    static func turned(x: Double, y: Double, z: Double) -> [[Double]] {
        let (x, y, z) = (x * .pi / 180, y * .pi / 180, z * .pi / 180)
        let aboutX = [[1, 0, 0], [0, cos(x), -sin(x)], [0, sin(x), cos(x)]]
        let aboutY = [[cos(y), 0, sin(y)], [0, 1, 0], [-sin(y), 0, cos(y)]]
        let aboutZ = [[cos(z), -sin(z), 0], [sin(z), cos(z), 0], [0, 0, 1]]
        return product(aboutZ, product(aboutY, aboutX))
    }

    static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
        (0..<3).map { row in (0..<3).map { column in (0..<3).reduce(0) { $0 + a[row][$1] * b[$1][column] } } }
    }

    /// Top left, top right, bottom right, bottom left of the tag.
    var corners: [Detection.Point] {
        [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map { project($0.0 * size / 2, $0.1 * size / 2) }
    }

    private func project(_ u: Double, _ v: Double) -> Detection.Point {
        let p = (0..<3).map { rotation[$0][0] * u + rotation[$0][1] * v + position[$0] }
        return Detection.Point(
            x: focal * p[0] / p[2] + Double(width) / 2, y: focal * p[1] / p[2] + Double(height) / 2)
    }

    /// The gray levels, without gaps between rows.
    func picture(_ tag: TagImage) -> [UInt8] {
        // Cairo draws the cells sixteen times as fine without smoothing; libyuv takes the means.
        let fine = 4
        let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, Int32(width * fine), Int32(height * fine))
        let cairo = cairo_create(surface)
        defer {
            cairo_destroy(cairo)
            cairo_surface_destroy(surface)
        }
        cairo_scale(cairo, Double(fine), Double(fine))
        cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE)
        cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE)
        cairo_set_source_rgba(cairo, 0, 0, 0, background / 255)
        cairo_paint(cairo)
        for (row, cells) in tag.cells.enumerated() {
            for (column, level) in cells.enumerated() {
                for (index, corner) in [(0, 0), (1, 0), (1, 1), (0, 1)].enumerated() {
                    let u = Double(column + corner.0 - tag.start) / Double(tag.border) - 0.5
                    let v = Double(row + corner.1 - tag.start) / Double(tag.border) - 0.5
                    let point = project(u * size, v * size)
                    if index == 0 { cairo_new_path(cairo) }
                    cairo_line_to(cairo, point.x, point.y)
                }
                cairo_set_source_rgba(cairo, 0, 0, 0, Double(level) / 255)
                cairo_fill(cairo)
            }
        }
        cairo_surface_flush(surface)
        var gray = [UInt8](repeating: 0, count: width * height)
        ScalePlane(
            cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface), Int32(width * fine),
            Int32(height * fine), &gray, Int32(width), Int32(width), Int32(height), kFilterBox)
        if blur > 0 { gray = blurred(gray) }
        return light == 1 && noise == 0 ? gray : lit(gray)
    }

    private func lit(_ gray: [UInt8]) -> [UInt8] {
        var random = SeededGenerator(seed: 7)
        let noises = (0..<4093).map { _ in random.gaussian() * noise }
        return gray.enumerated().map { index, level in
            UInt8(min(max((Double(level) * light + noises[index % noises.count]).rounded(), 0), 255))
        }
    }

    /// Three box blurs one after the other, which is nearly a Gaussian of this many pixels.
    private func blurred(_ gray: [UInt8]) -> [UInt8] {
        let reach = Int(blur.rounded())
        func pass(_ source: [UInt8], along step: Int, length: Int, across other: Int, lines: Int) -> [UInt8] {
            var result = source
            source.withUnsafeBufferPointer { source in
                for line in 0..<lines {
                    var sum = (-reach...reach).reduce(0) { $0 + Int(source[line * other + max($1, 0) * step]) }
                    for place in 0..<length {
                        result[line * other + place * step] = UInt8((sum + reach) / (2 * reach + 1))
                        sum += Int(source[line * other + min(place + reach + 1, length - 1) * step])
                        sum -= Int(source[line * other + max(place - reach, 0) * step])
                    }
                }
            }
            return result
        }
        return (0..<3).reduce(gray) { picture, _ in
            let across = pass(picture, along: 1, length: width, across: width, lines: height)
            return pass(across, along: width, length: height, across: 1, lines: width)
        }
    }

    func frame(_ tag: TagImage) -> Frame {
        let gray = picture(tag)
        return TestFrame.make(.gray8, width: width, height: height, padding: 5) { _, x, y in gray[y * width + x] }
    }
}

/// A tag as libapriltag itself draws it, one cell a pixel.
struct TagImage {
    let cells: [[UInt8]]
    /// Where the border starts and how many cells it is wide.
    let start: Int
    let border: Int

    init(_ family: AprilTagFamily, id: Int) throws {
        let description = try #require(family.create())
        defer { family.destroy(description) }
        let image = try #require(apriltag_to_image(description, Int32(id)))
        defer {
            free(image.pointee.buf)
            free(image)
        }
        let width = Int(image.pointee.width)
        cells = (0..<Int(image.pointee.height)).map { y in
            (0..<width).map { x in image.pointee.buf[y * Int(image.pointee.stride) + x] }
        }
        border = Int(description.pointee.width_at_border)
        start = (width - border) / 2
    }
}

extension SeededGenerator {
    /// Mean 0, standard deviation 1 (Box and Muller).
    mutating func gaussian() -> Double {
        let u = Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}
