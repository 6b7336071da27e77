import CGStreamer
import Glibc
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// All elements with several pads behind every kind of input, as GStreamer's own parser links them and as a plan does.
enum LinkingWalk {
    /// One kind of input each, in the order in which they are tried.
    static let inputs = [
        "videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240",
        "audiotestsrc num-buffers=3",
        "fakesrc num-buffers=3 ! text/x-raw,format=utf8",
        "videotestsrc num-buffers=3 ! x264enc ! h264parse",
        "videotestsrc num-buffers=3 ! jpegenc",
        "audiotestsrc num-buffers=3 ! avenc_aac ! aacparse",
        "videotestsrc num-buffers=3 ! jpegenc ! rtpjpegpay",
        "fakesrc num-buffers=3 ! closedcaption/x-cea-608,format=raw",
        "fakesrc num-buffers=3 ! application/x-rtcp",
        "fakesrc num-buffers=3",
    ]

    /// GStreamer 1.22 itself crashes when it is linked without an index, gst-launch too.
    private static let crashing: Set<String> = ["dtlssrtpenc"]

    /// Chains that GStreamer's parser links and a plan refuses, rightly, and why.
    private static let refusedRightly = [
        "\(inputs[5]) ! mxfmux ! fakesink":
            "avenc_aac makes MPEG-4 and mxfmux takes MPEG-2: the parser between them lets the link pass, no sound does"
    ]

    /// Elements with several pads in a direction, or such as are made when asked for.
    static var manifold: [ElementFactory] {
        ElementFactory.allNames.sorted().compactMap { ElementFactory(named: $0) }.filter { factory in
            let sinks = factory.pads.filter { !$0.isSource }
            let sources = factory.pads.filter { $0.isSource }
            guard !crashing.contains(factory.name) else { return false }
            return sinks.count > 1 || sources.count > 1 || sinks.contains { $0.presence == .request }
        }
    }

    /// Walks in this process, which has not used GStreamer yet since that reads its registry but once, and prints what
    /// is wrong for the process that waits.
    static func report(isRegistryNew: Bool) async throws {
        let registry = try TemporaryDirectory().path + "/registry.bin"
        if !isRegistryNew {
            let inspect = try ChildProcess(
                "/usr/bin/env", ["gst-inspect-1.0", "fakesrc"], environment: ["GST_REGISTRY": registry])
            try await inspect.ended(within: .seconds(60))
        }
        try #require((access(registry, F_OK) != 0) == isRegistryNew)
        setenv("GST_REGISTRY", registry, 1)
        try GStreamer.initialize()
        for complaint in try await complaints() { print(mark + complaint) }
        print(end)
    }

    /// What `report` has printed.
    static func read(_ output: [UInt8]) throws -> [String] {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        try #require(lines.contains { $0 == end }, "the walk came to its end")
        return lines.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    private static let mark = "complaint: "
    private static let end = "walked"

    private static func complaints() async throws -> [String] {
        var found: [String] = []
        var (compared, linked) = (0, 0)
        for factory in manifold {
            for input in factory.hasSink ? inputs : [""] {
                let end = factory.hasSource ? " ! fakesink" : ""
                let chain = factory.hasSink ? "\(input) ! \(factory.name)\(end)" : "\(factory.name)\(end)"
                let theirs = isLinkedByGStreamer(chain)
                // With a tap of its own, so that none is put into the chain.
                let ours = try problems("videotestsrc ! streamtap \(chain)")
                compared += 1
                linked += theirs ? 1 : 0
                if !theirs, ours.isEmpty { found.append("\(chain): GStreamer cannot link it") }
                let isException = refusedRightly[chain] != nil
                guard theirs, isException || !ours.isEmpty else { continue }
                let play = try await playedByGStreamer(chain)
                if ours.isEmpty || !isException || play != .failed {
                    found.append(
                        "\(chain): \(ours) \(isException ? "is an exception" : ""), GStreamer links it: \(play)")
                }
            }
        }
        if compared < 200 || linked < 100 { found.append("\(compared) chains, of which \(linked) can be linked") }
        return found
    }

    /// How a chain went.
    enum Play {
        case ended, failed
        /// For what does not come, such as a second input.
        case waits
    }

    /// How long a chain of three pictures may take on a busy machine before it counts as one that waits.
    static let patience = Duration.seconds(10)

    static func playedByGStreamer(_ line: String) async throws -> Play {
        let gst = try ChildProcess("/bin/sh", ["-c", "exec gst-launch-1.0 -q \(line)"])
        let play = try? await eventually("\(line) ends", within: patience) { () -> Play? in
            // It may hang once it has said so.
            if gst.output.contains("ERROR:") { return .failed }
            return gst.exit.map { $0 == .status(0) ? .ended : .failed }
        }
        return play ?? .waits
    }

    static func isLinkedByGStreamer(_ line: String) -> Bool {
        var failure: UnsafeMutablePointer<GError>?
        let pipeline = gst_parse_launch(line, &failure)
        defer { g_clear_error(&failure) }
        if let pipeline { gst_object_unref(gst_object_ref_sink(pipeline)) }
        return pipeline != nil && failure == nil
    }
}
