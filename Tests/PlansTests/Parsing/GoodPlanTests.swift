import Plans
import Testing

/// A graph as one line for each edge and tap, short enough to compare by eye.
func outline(_ text: String) throws -> [String] {
    let graph = try Plan(parsing: text).graph
    let edges = graph.edges.map { edge in
        let source = edge.source + (edge.sourcePad.map { ".\($0)" } ?? "")
        let target = edge.target + (edge.targetPad.map { ".\($0)" } ?? "")
        return "\(source) > \(target)"
    }
    return edges + graph.sideTaps.map { "\($0.nodeID) @ \($0.attachPoint)" }
}

@Suite("Plans that are sound")
struct GoodPlanTests {
    static let sample = """
        ---
        title: AprilTags from an RTSP camera
        parameters:                                  # JSON Schema words
          camera: {type: string, format: uri, description: RTSP address}
          width:  {type: integer, default: 640, minimum: 64, maximum: 3840}
        ---
        rtspsrc location=${camera} latency=100 protocols=tcp
          ! rtph264depay ! h264parse ! avdec_h264
          ! grayscale name=gray                      # 1. vision stages stand among GStreamer elements
          ! apriltag name=tags family=tag36h11
          ! overlay name=drawn

        gray.  ! streamtap name=gray-view width=${width}   # 2. NAME. starts a side branch: the tee is implied
        drawn. ! streamtap name=live quality=85
        drawn. ! x264enc tune=zerolatency ! h264parse ! splitmuxsink location=clip-%05d.mp4
        """

    @Test("The design's own sample gives nodes, edges and side taps")
    func sampleGraph() throws {
        let plan = try Plan(parsing: Self.sample)
        #expect(plan.title == "AprilTags from an RTSP camera")
        #expect(plan.parameters.map(\.name) == ["camera", "width"])
        #expect(plan.parameters.first?.format == .uri)
        #expect(plan.parameters.last?.default == .integer(640))
        #expect(plan.warnings.isEmpty)
        #expect(
            try outline(Self.sample) == [
                "rtspsrc0 > rtph264depay0", "rtph264depay0 > h264parse0", "h264parse0 > avdec_h264-0",
                "avdec_h264-0 > gray", "gray > tags", "tags > drawn", "gray > gray-view", "drawn > live",
                "drawn > x264enc0", "x264enc0 > h264parse1", "h264parse1 > splitmuxsink0", "gray-view @ gray",
                "live @ drawn",
            ])
        let source = try #require(plan.graph.nodes.first)
        #expect(source.range == SourceRange(line: 7, column: 1, length: 7))
        #expect(source.properties.map(\.name) == ["location", "latency", "protocols"])
        #expect(source.properties.first?.value == .parameter("camera"))
        #expect(source.properties.last?.valueRange == SourceRange(line: 7, column: 50, length: 3))
    }
}
