import Foundation
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// Wide primaries and high dynamic range on an ordinary screen, beside ffmpeg's zimg and its tone map.
@Suite("Wide colours beside ffmpeg", .timeLimit(.minutes(2)))
struct WideColorTests {
    struct Make: Sendable, CustomTestStringConvertible {
        var transfer: String
        /// As x265 calls it.
        var name: String
        var format = "yuv420p10le"
        var range = "limited"
        var tone = ""
        var warnings: [SourceWarning] = []
        /// Decibels.
        var least = 30.0
        var testDescription: String { "\(name) \(format) \(range)" }
    }

    static let hable = "tonemap=hable:desat=0:peak=10,"
    static let makes = [
        Make(transfer: "2020_10", name: "bt2020-10"), Make(transfer: "2020_10", name: "bt2020-10", format: "yuv420p"),
        Make(transfer: "2020_10", name: "bt2020-10", range: "full"),
        Make(transfer: "smpte2084", name: "smpte2084", tone: hable, warnings: [.highDynamicRange]),
        Make(
            transfer: "smpte2084", name: "smpte2084", range: "full", tone: hable, warnings: [.highDynamicRange],
            least: 28),
        Make(transfer: "arib-std-b67", name: "arib-std-b67", tone: hable, warnings: [.highDynamicRange]),
    ]

    @Test("As it is, scaled, behind a stage, and again from a recording", arguments: makes)
    func film(make: Make) async throws {
        let folder = try TemporaryDirectory()
        let (path, recorded) = (folder.path + "/wide.mp4", folder.path + "/recorded.mp4")
        let range = make.range == "full" ? "full" : "limited"
        _ = try? CodedVideo.output(
            of: "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "smptehdbars=size=320x240:rate=10:duration=0.5", "-vf",
                "gblur=sigma=5,format=gbrp,setparams=color_primaries=bt709:color_trc=bt709,"
                    + "zscale=t=linear:npl=100,format=gbrpf32le,zscale=npl=1000:agamma=0:t=\(make.transfer):p=2020:m=2020_ncl:r=\(range),"
                    + "format=\(make.format)",
                "-c:v", "libx265", "-x265-params",
                "qp=4:log-level=none:range=\(range):colorprim=bt2020:colormatrix=bt2020nc:transfer=\(make.name)", "-y",
                path,
            ])
        let run = try Run(
            """
            filesrc location=\(path) ! qtdemux ! h265parse ! avdec_h265 name=out ! streamtap name=plain quality=98
            out. ! streamtap name=small width=160 quality=98
            out. ! rotate angle=0 name=same ! streamtap name=staged quality=98
            same. ! x264enc pass=quant quantizer=4 ! mp4mux ! filesink location=\(recorded)
            """)
        #expect(try await run.end().reason == .endOfStream)
        #expect(run.runner.sources.map(\.warnings) == [make.warnings])
        let ordinary =
            "zscale=t=linear:npl=100:agamma=0,format=gbrpf32le,zscale=p=bt709:agamma=0,\(make.tone)"
            + "zscale=t=bt709:m=bt709:r=full:agamma=0,format=gbrp"
        let theirs = try TheirPicture(of: path, filters: ordinary)
        for tap in [0, 2] {
            let quality = try theirs.quality(of: #require(run.pictures.last { $0.header.tap == tap }).jpeg)
            #expect(quality > make.least, "tap \(tap): \(quality) dB")
        }
        let scaled = try TheirPicture(of: path, filters: ordinary + ",scale=160:120:flags=area")
        let quality = try scaled.quality(of: #require(run.pictures.last { $0.header.tap == 1 }).jpeg)
        #expect(quality > 27, "scaled: \(quality) dB")
        let film = try TheirPicture(of: recorded, filters: ordinary)
        let again = PictureTruthTests.psnr(film.rgb, theirs.rgb)
        #expect(again > 30, "the recording: \(again) dB")
    }

    @Test("White, gray and black have no colour; white of 100 cd/m² is no brighter on a screen of high dynamic range")
    func neutral() {
        for transfer in [Colorimetry.Transfer.ordinary, .pq, .hlg] {
            let light = DisplayLight(
                colorimetry: Colorimetry(range: .full, matrix: .bt2020, transfer: transfer, primaries: .bt2020))
            var last = -1.0
            for level in 0...100 {
                let color = light.jpeg(y: Double(level) / 100, cb: 0, cr: 0)
                #expect(abs(color.cb) < 1e-3 && abs(color.cr) < 1e-3)
                #expect(color.y >= last, "brighter stays brighter")
                last = color.y
            }
            if transfer == .ordinary { #expect(abs(last - 1) < 1e-3) }
        }
        // BT.2408: diffuse white of 203 cd/m² stands at 58 % in PQ and 75 % in HLG, and is one brightness.
        let (pq, hlg) = (Colorimetry.Transfer.pq, Colorimetry.Transfer.hlg)
        let levels = [(pq, 0.5807), (hlg, 0.75)].map { transfer, level in
            DisplayLight(
                colorimetry: Colorimetry(range: .full, matrix: .bt2020, transfer: transfer, primaries: .bt2020)
            )
            .jpeg(y: level, cb: 0, cr: 0).y
        }
        #expect(abs(levels[0] - levels[1]) < 0.01, "\(levels)")
    }
}
