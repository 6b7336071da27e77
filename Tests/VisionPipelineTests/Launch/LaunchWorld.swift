import Foundation
import TestSupport
import Testing

/// What launch lines speak of, on this machine: films, cameras on the loopback address, and who sends what they wait for.
struct LaunchWorld {
    let directory: URL
    let cameras: [String: RTSPCamera]
    /// A camera with sound.
    let speaking: RTSPCamera
    /// UDP ports that RTP comes to; each listener takes one of its own.
    let rtp: [Int]
    /// The same for MPEG-TS.
    let transport: [Int]
    let srt: Int
    let web: String
    /// Where nobody listens.
    let closed: Int
    private let reservedPort: ReservedPort
    private let programs: [ChildProcess]

    init() async throws {
        let directory = try TemporaryDirectory().url
        self.directory = directory
        try await Self.makeFilms(in: directory)
        func camera(_ codec: RTSPCamera.Codec, hasSound: Bool = false) async throws -> RTSPCamera {
            try await RTSPCamera.start(codec: codec, width: 160, height: 120, hasSound: hasSound)
        }
        async let h264 = camera(.h264)
        async let h265 = camera(.h265)
        async let mjpeg = camera(.mjpeg)
        async let sound = camera(.h264, hasSound: true)
        cameras = try await ["h264": h264, "h265": h265, "mjpeg": mjpeg]
        speaking = try await sound
        let reservedPort = try ReservedPort()
        (self.reservedPort, closed) = (reservedPort, reservedPort.number)
        // Of two sockets that are bound to one UDP port only one gets what comes, so these cannot be held.
        let ports = try (0..<7).map { _ in try ReservedPort(.udp) }.map(\.number)
        (rtp, transport, srt) = (Array(ports[0..<4]), Array(ports[4..<6]), ports[6])
        func clients(_ ports: [Int]) -> String { ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") }
        let picture = """
            videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120
              ! x264enc tune=zerolatency key-int-max=5
            """
        let senders = try [
            """
            \(picture) ! tee name=t t. ! queue ! rtph264pay pt=96 config-interval=-1 ! multiudpsink clients=\(clients(rtp))
            t. ! queue ! mpegtsmux ! multiudpsink clients=\(clients(transport))
            """,
            "\(picture) ! mpegtsmux ! srtsink uri=srt://127.0.0.1:\(srt)?mode=listener wait-for-connection=false",
        ].map { try Self.launch($0, in: directory) }
        let server = try ChildProcess(
            "/usr/bin/python3",
            ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", directory.path])
        let line = try await server.line(containing: "http://")
        web = try #require(line.split(separator: "(").last?.split(separator: "/)").first).description
        programs = senders + [server]
    }

    func remove() {
        programs.forEach { $0.kill() }
        try? FileManager.default.removeItem(at: directory)
    }

    /// Runs a line of gst-launch as a shell would.
    ///
    /// - Parameter options: of gst-launch.
    static func launch(_ line: String, options: String = "", in directory: URL) throws -> ChildProcess {
        let words = line.replacing("\n", with: " ")
        return try ChildProcess(
            "/bin/sh", ["-c", "cd '\(directory.path)' && exec gst-launch-1.0 \(options) \(words)"],
            environment: ["DISPLAY": "", "WAYLAND_DISPLAY": ""])
    }

    /// A place for one player's files, with the films in it.
    func place(_ name: String) throws -> URL {
        let place = directory.appending(path: name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for film in try FileManager.default.contentsOfDirectory(atPath: directory.path)
        where film.contains(".") {
            try FileManager.default.linkItem(at: directory.appending(path: film), to: place.appending(path: film))
        }
        return place
    }

    private static func makeFilms(in directory: URL) async throws {
        let ffmpeg = try ChildProcess(
            "/bin/sh",
            [
                "-c",
                """
                cd '\(directory.path)' && exec ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=160x120:r=30:d=0.4 \
                -f lavfi -i sine=d=0.4 -ac 2 -pix_fmt yuv420p film.mp4 -ac 2 -c:a aac -c:v libx264 -pix_fmt yuv420p film.ts \
                -an -c:v libvpx-vp9 film.mkv -an -c:v libvpx film.webm -an -c:v mjpeg -pix_fmt yuvj420p 'my film.avi' \
                -an -start_number 0 img.%04d.png -an -frames:v 1 a.jpg -an -c:v mjpeg -f mpjpeg video.mjpg
                """,
            ])
        #expect(try await ffmpeg.ended(within: .seconds(30)) == .status(0), "\(ffmpeg.output)")
    }
}
