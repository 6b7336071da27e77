import Foundation

/// A real RTSP camera, a process of its own: a test may kill, freeze and restart it.
public struct RTSPCamera: Sendable {
    public enum Codec: String, Sendable, CaseIterable {
        case h264, h265, mjpeg
    }

    /// The address without credentials.
    public let address: String
    public let process: ChildProcess

    /// Starts a camera and waits until it listens.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - pattern: a pattern of `videotestsrc`.
    ///   - gop: frames from one keyframe to the next.
    ///   - hasSound: a second stream, AAC.
    ///   - bframes: so many pictures are sent after one that is shown later.
    ///   - secondSize: it turns to this size and back, each time after so many seconds.
    ///   - twin: each so-manieth picture has the time of the one before.
    ///   - isNumbered: its pictures are those that `NumberedPicture` reads.
    ///   - loss: this share of its packets is not sent, which ones a generator with this seed says.
    ///   - film: it sends the pictures of this file over and over: a byte stream, with access unit delimiters and no pictures that are
    ///     shown in another order.
    ///   - isFullRange: its pictures use all levels, and say little more.
    ///   - isUDPOnly: it offers no stream over TCP.
    ///   - network: where it is; nil: on this machine's own.
    public static func start(
        port: Int = 0, codec: Codec = .h264, pattern: String = "ball", width: Int = 640, height: Int = 360,
        fps: Int = 30, gop: Int = 30, hasSound: Bool = false, isUDPOnly: Bool = false,
        bframes: Int = 0, secondSize: (width: Int, height: Int, each: Double)? = nil, twin: Int = 0,
        isNumbered: Bool = false, isFullRange: Bool = false, film: String? = nil,
        loss: (share: Double, seed: UInt32)? = nil,
        credentials: (user: String, password: String)? = nil, in network: NetworkNamespace? = nil
    ) async throws -> RTSPCamera {
        var arguments = [
            script, "--port", "\(port)", "--codec", codec.rawValue, "--pattern", pattern, "--width", "\(width)",
            "--height", "\(height)", "--fps", "\(fps)", "--gop", "\(gop)",
        ]
        if hasSound { arguments.append("--sound") }
        if bframes > 0 { arguments += ["--bframes", "\(bframes)"] }
        if let size = secondSize {
            arguments += ["--second-size", "\(size.width)x\(size.height)", "--each", "\(size.each)"]
        }
        if twin > 0 { arguments += ["--twin", "\(twin)"] }
        if isNumbered { arguments.append("--numbered") }
        if isFullRange { arguments.append("--full-range") }
        if let film { arguments += ["--film", film] }
        if let loss { arguments += ["--loss", "\(loss.share)", "--seed", "\(loss.seed)"] }
        if isUDPOnly { arguments.append("--udp-only") }
        if let credentials { arguments += ["--user", credentials.user, "--password", credentials.password] }
        // Debian's own Python: it is the one that has GObject introspection.
        let process = try ChildProcess.start("/usr/bin/python3", arguments, in: network)
        return RTSPCamera(address: try await process.line(containing: "rtsp://"), process: process)
    }

    /// Starts the other side: a server that takes one H.264 stream and writes it to a file as MPEG-TS.
    public static func startRecorder(port: Int = 0, file: String) async throws -> RTSPCamera {
        let process = try ChildProcess("/usr/bin/python3", [script, "--port", "\(port)", "--record", file])
        return RTSPCamera(address: try await process.line(containing: "rtsp://"), process: process)
    }

    /// Connections that clients have now, as it has told so far.
    public var connections: Int {
        let lines = process.output.split(separator: "\n")
        return lines.count { $0 == "open" } - lines.count { $0 == "closed" }
    }

    /// When the last of its clients' first numbered picture was made, Unix seconds; nil before that.
    public var firstPicture: Double? {
        process.output.split(separator: "\n").last { $0.hasPrefix("first ") }.flatMap { Double($0.dropFirst(6)) }
    }

    public var port: Int { URL(string: address)?.port ?? 0 }

    /// The address with a user's name and password in it.
    public func address(user: String, password: String) -> String {
        address.replacingOccurrences(of: "rtsp://", with: "rtsp://\(user):\(password)@")
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "rtsp-camera.py").path()
}
