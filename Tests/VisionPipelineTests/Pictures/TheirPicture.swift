import Foundation
import TestSupport

@testable import VisionPipeline

/// A picture as ffmpeg shows it.
struct TheirPicture {
    let width: Int
    let height: Int
    /// Interleaved, without padding.
    let rgb: [UInt8]

    /// The tighter side stays.
    static let squarePixels = "scale='if(gt(sar,1),iw*sar,iw)':'if(gt(sar,1),ih,ih/sar)',setsar=1"

    /// The last one of a file.
    ///
    /// - Parameters:
    ///   - filters: what ffmpeg does with it; without a size, square pixels are made of what the file has.
    ///   - options: before the input.
    init(of path: String, filters: String = squarePixels, options: [String] = []) throws {
        // A PPM says its own size; the last of a row of them is wanted.
        let all = try CodedVideo.output(
            of: "ffmpeg",
            ["-v", "error"] + options + ["-i", path, "-vf", filters + ",format=rgb24"]
                + ["-f", "image2pipe", "-c:v", "ppm", "-"])
        func header(at start: Int) -> (width: Int, height: Int, length: Int)? {
            var place = start
            var words: [String] = []
            while words.count < 4 {
                guard let end = all[place...].firstIndex(where: { $0 == 0x0A || $0 == 0x20 }) else { return nil }
                words.append(String(decoding: all[place..<end], as: UTF8.self))
                place = end + 1
            }
            guard words[0] == "P6", let width = Int(words[1]), let height = Int(words[2]) else { return nil }
            return (width, height, place - start)
        }
        var place = 0
        var found: (width: Int, height: Int, samples: Range<Int>)?
        while place < all.count, let next = header(at: place) {
            let start = place + next.length
            place = start + next.width * next.height * 3
            guard place <= all.count else { break }
            found = (next.width, next.height, start..<place)
        }
        guard let found else { throw ProcessFailure("\(path): ffmpeg shows nothing") }
        (width, height, rgb) = (found.width, found.height, Array(all[found.samples]))
    }

    /// Decibels to a picture of ours; none where the sizes differ.
    func quality(of jpeg: [UInt8]) throws -> Double {
        let ours = try DecodedJPEG(jpeg)
        guard (ours.width, ours.height) == (width, height) else {
            throw ProcessFailure("\(ours.width)×\(ours.height) instead of \(width)×\(height)")
        }
        return PictureTruthTests.psnr(ours.rgb, rgb)
    }
}
