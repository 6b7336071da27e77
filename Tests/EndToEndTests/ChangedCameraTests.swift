import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What somebody has set otherwise in the camera itself.
    @Suite("A camera that is another one after a while")
    struct ChangedCameraTests {
        private static func plan(_ decoding: String) -> String {
            """
            ---
            parameters:
              camera: {type: string, format: uri}
            ---
            rtspsrc location=${camera} latency=50 protocols=tcp ! \(decoding) ! streamtap name=live

            """
        }

        private static let explicit = "rtph264depay ! h264parse ! avdec_h264"

        private func camera(_ codec: RTSPCamera.Codec, port: Int = 0, pattern: String) async throws -> RTSPCamera {
            try await RTSPCamera.start(port: port, codec: codec, pattern: pattern, width: 160, height: 120)
        }

        /// Waits for a picture that is red, or blue.
        private func colour(_ isWanted: @Sendable (JPEGPicture) -> Bool, _ viewer: WebSocketClient) async throws {
            let limit = ContinuousClock.now + .seconds(40)
            while ContinuousClock.now < limit {
                if isWanted(try JPEGPicture(decoding: try await viewer.picture(within: .seconds(40)))) { return }
            }
            throw ProcessFailure("no such picture")
        }

        private static func isRed(_ picture: JPEGPicture) -> Bool {
            picture[40, 40].red > 150 && picture[40, 40].blue < 100
        }

        private static func isBlue(_ picture: JPEGPicture) -> Bool {
            picture[40, 40].blue > 150 && picture[40, 40].red < 100
        }

        @Test("It returns with another coding: a plan that decodes whatever comes shows it, and again")
        func anyCoding() async throws {
            let first = try await camera(.h264, pattern: "red")
            let server = try await StreamTapProcess.serving(["cam": Self.plan("decodebin")])
            try await server.create("cam", parameters: ["camera": first.address])
            let viewer = try await server.watch("cam", "live")
            try await colour(Self.isRed, viewer)
            first.process.kill()
            try await first.process.ended()
            let second = try await camera(.h265, port: first.port, pattern: "blue")
            try await colour(Self.isBlue, viewer)
            try await server.reaches("running", "cam", within: .seconds(40))
            second.process.kill()
            try await second.process.ended()
            let third = try await camera(.mjpeg, port: first.port, pattern: "red")
            defer { third.process.kill() }
            try await colour(Self.isRed, viewer)
            try await server.reaches("running", "cam", within: .seconds(40))
        }

        @Test("It returns with another coding, and is recorded as it comes: each coding has a file, and both play")
        func recorded() async throws {
            let directory = try TemporaryDirectory()
            let plan =
                Self.plan("parsebin ! tee name=coded coded. ! queue ! decodebin") + """
                    coded. ! video/x-h264;video/x-h265 ! matroskamux name=recording ! filesink location=\(directory.path)/a.mkv
                    """
            let first = try await camera(.h264, pattern: "red")
            let server = try await StreamTapProcess.serving(["cam": plan])
            try await server.create("cam", parameters: ["camera": first.address])
            let viewer = try await server.watch("cam", "live")
            try await colour(Self.isRed, viewer)
            for _ in 0..<60 { _ = try await viewer.picture() }
            first.process.kill()
            try await first.process.ended()
            let second = try await camera(.h265, port: first.port, pattern: "blue")
            defer { second.process.kill() }
            try await colour(Self.isBlue, viewer)
            for _ in 0..<60 { _ = try await viewer.picture() }
            try await server.remove("cam")
            for (name, codec) in [("a.mkv", "V_MPEG4/ISO/AVC"), ("a-1.mkv", "V_MPEGH/ISO/HEVC")] {
                let path = "\(directory.path)/\(name)"
                #expect(try FilmFacts(of: path).frames > 20, "\(name)")
                #expect(try await FilmDecode.complaints(of: path) == "", "\(name)")
                #expect(
                    try Data(contentsOf: URL(filePath: path)).prefix(4096).range(of: Data(codec.utf8)) != nil, "\(name)"
                )
            }
        }

        @Test("It returns with another coding than the plan says: the reason tells, and it is back when the coding is")
        func anotherCoding() async throws {
            let first = try await camera(.h264, pattern: "red")
            let server = try await StreamTapProcess.serving(["cam": Self.plan(Self.explicit)])
            try await server.create("cam", parameters: ["camera": first.address])
            let viewer = try await server.watch("cam", "live")
            try await colour(Self.isRed, viewer)
            first.process.kill()
            try await first.process.ended()
            let second = try await camera(.h265, port: first.port, pattern: "blue")
            let told = try await eventually("the reason", within: .seconds(60)) {
                let instance = try await server.instance("cam")
                return instance["reason"] as? String == "unsupported_format"
                    ? instance["message"] as? String ?? "" : nil
            }
            #expect(told.contains("H265") || told.contains("h265"), "\(told)")
            second.process.kill()
            try await second.process.ended()
            let third = try await camera(.h264, port: first.port, pattern: "blue")
            defer { third.process.kill() }
            try await colour(Self.isBlue, viewer)
            try await server.reaches("running", "cam", within: .seconds(40))
        }

        @Test(
            "It turns to another size and back without a word: the picture is there in either",
            arguments: [("decodebin", RTSPCamera.Codec.h264), (explicit, .h264), ("decodebin", .h265)])
        func size(decoding: String, codec: RTSPCamera.Codec) async throws {
            let camera = try await RTSPCamera.start(
                codec: codec, width: 160, height: 120, secondSize: (width: 320, height: 180, each: 2))
            defer { camera.process.kill() }
            let server = try await StreamTapProcess.serving(["cam": Self.plan(decoding)])
            try await server.create("cam", parameters: ["camera": camera.address])
            let viewer = try await server.watch("cam", "live")
            for (width, height) in [(160, 120), (320, 180), (160, 120), (320, 180)] {
                try await colour({ $0.width == width && $0.height == height }, viewer)
            }
            let instance = try await server.instance("cam")
            #expect(instance["state"] as? String == "running" && instance["restarts"] as? Int == 0, "\(instance)")
        }
    }
}
