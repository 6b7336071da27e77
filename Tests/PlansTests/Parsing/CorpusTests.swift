import Plans
import TestSupport
import Testing

/// Launch lines as they stand in documentation, forums and shell histories.
@Suite("Launch lines from real life")
struct CorpusTests {
    @Test("Each means what gst-launch makes of it", arguments: LaunchLine.corpus)
    func graph(_ line: LaunchLine) throws {
        let edges = line.graph.split(separator: "; ").flatMap { row in
            let nodes = row.split(separator: " > ")
            return zip(nodes, nodes.dropFirst()).map { "\($0) > \($1)" }
        }
        let found = try outline(line.text)
        #expect(found.filter { $0.contains(" > ") } == edges)
        // Nothing hangs alone, and a line for a screen or without one has exactly one tap.
        #expect(found.count { $0.contains(" @ ") } <= 1)
        #expect(!line.graph.contains("preview") || found.contains { $0.hasPrefix("preview @ ") })
    }

    @Test(
        "What gst-launch takes and a plan does not is refused in these words",
        arguments: [
            (
                "bin.( videotestsrc ! queue ) ! fakesink",
                "1:1 bins in brackets are not supported | write the elements without 'bin.(' and its closing bracket"
            ),
            (
                "( name=camera videotestsrc ) ! fakesink",
                "1:1 bins in brackets are not supported | write the elements without '(' and its closing bracket"
            ),
            (
                "rtsp://me:secret@10.0.0.5/main ! decodebin ! fakesink",
                "1:1 expected an element, found the address 'rtsp://***@10.0.0.5/main' | write rtspsrc location=rtsp://***@10.0.0.5/main"
            ),
            (
                "file:///srv/film.mp4 ! decodebin ! fakesink",
                "1:1 expected an element, found the address 'file:///srv/film.mp4' | write filesrc location=/srv/film.mp4"
            ),
            (
                "videotestsrc ! file:///tmp/a.yuv",
                "1:16 expected an element, found the address 'file:///tmp/a.yuv' | write filesink location=/tmp/a.yuv"
            ),
            (
                "v4l2:///dev/video0 ! fakesink",
                "1:1 expected an element, found the address 'v4l2:///dev/video0' | write v4l2src device=/dev/video0"
            ),
        ])
    func refused(_ text: String, _ words: String) {
        #expect {
            try Plan(parsing: text)
        } throws: { error in
            let problem = (error as? PlanError)?.diagnostics.first { $0.severity == .error }
            let found = problem.map { "\($0.line):\($0.column) \($0.message) | \($0.hint ?? "")" }
            return found == words
        }
    }
}
