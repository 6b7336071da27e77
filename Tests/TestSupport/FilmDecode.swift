import Foundation

/// What ffmpeg finds in a film's pictures.
public enum FilmDecode {
    /// What it complains of while it decodes everything; empty for a sound film. What the encoder behind it would have liked is
    /// no matter of the film's.
    public static func complaints(of path: String) async throws -> String {
        let process = try ChildProcess(
            "/usr/bin/ffmpeg",
            ["-nostdin", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-y", "/dev/null"])
        _ = try await process.ended(within: .seconds(30))
        return process.output.split(separator: "\n").filter { line in
            !line.contains("Application provided invalid") && !line.contains("Last message repeated")
        }.joined(separator: "\n")
    }

    /// How many of its pictures have a time that another one has, too.
    public static func equalTimes(in path: String) async throws -> Int {
        let process = try ChildProcess(
            "/usr/bin/ffprobe",
            ["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path])
        _ = try await process.ended(within: .seconds(20))
        let times = process.output.split(separator: "\n")
        return times.count - Set(times).count
    }

    /// The peak signal-to-noise ratio, dB, of the worst of its pictures against a pattern of `videotestsrc` that does not
    /// move.
    ///
    /// - Parameters:
    ///   - width: of the film, pixels.
    ///   - more: so many columns and rows more the pattern had, to the right and below.
    public static func worstNoise(
        of path: String, pattern: String, width: Int, height: Int, more: (right: Int, bottom: Int) = (0, 0)
    ) async throws -> Double {
        let directory = try TemporaryDirectory()
        let (reference, picture) = ("\(directory.path)/r.yuv", "\(directory.path)/p.yuv")
        let caps = "video/x-raw,format=I420,width=\(width + more.right),height=\(height + more.bottom)"
        let made = try ChildProcess(
            "/usr/bin/gst-launch-1.0",
            [
                "-q", "videotestsrc", "num-buffers=1", "pattern=\(pattern)", "!", caps, "!", "videocrop",
                "right=\(more.right)", "bottom=\(more.bottom)", "!", "filesink", "location=\(reference)",
            ])
        _ = try await made.ended(within: .seconds(20))
        let decoded = try ChildProcess(
            "/usr/bin/ffmpeg",
            [
                "-nostdin", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f",
                "rawvideo",
                picture,
            ])
        _ = try await decoded.ended(within: .seconds(30))
        let (one, all) = try (Data(contentsOf: URL(filePath: reference)), Data(contentsOf: URL(filePath: picture)))
        // The luma plane alone: colour follows it.
        let (luma, size) = (width * height, one.count)
        guard luma > 0, size >= luma * 3 / 2, all.count >= size else { return 0 }
        return stride(from: 0, through: all.count - size, by: size).map { start in
            var sum = 0
            for index in 0..<luma {
                let difference = Int(all[all.startIndex + start + index]) - Int(one[one.startIndex + index])
                sum += difference * difference
            }
            return sum == 0 ? 99 : 10 * log10(255 * 255 * Double(luma) / Double(sum))
        }.min() ?? 0
    }

    /// When each of its streams begins and ends, seconds.
    public static func spans(of path: String) async throws -> [(begin: Double, end: Double)] {
        let process = try ChildProcess(
            "/usr/bin/ffprobe",
            ["-v", "error", "-show_entries", "packet=stream_index,pts_time", "-of", "csv=p=0", path])
        _ = try await process.ended(within: .seconds(20))
        var times: [Int: [Double]] = [:]
        for line in process.output.split(separator: "\n") {
            let fields = line.split(separator: ",")
            guard fields.count >= 2, let stream = Int(fields[0]), let time = Double(fields[1]) else { continue }
            times[stream, default: []].append(time)
        }
        return times.sorted { $0.key < $1.key }.map { ($0.value.min() ?? 0, $0.value.max() ?? 0) }
    }
}
