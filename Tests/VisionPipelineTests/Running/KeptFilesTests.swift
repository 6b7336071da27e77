import Foundation
import Plans
import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

/// What was recorded stays when the pipeline that wrote it is made anew, for whatever reason.
@Suite(.timeLimit(.minutes(2)))
struct KeptFilesTests {
    /// Sinks behind a container of JPEGs, each in a directory of its own; `@` stands for that.
    static let sinks: [(name: String, text: String)] = [
        ("file", "matroskamux ! filesink location=@/a.mkv"),
        ("numberless", "splitmuxsink muxer=matroskamux location=@/a.mp4"),
        ("numbered", "splitmuxsink muxer=matroskamux location=@/a-%02d.mp4"),
        ("placed", "splitmuxsink muxer=matroskamux start-index=3 location=@/a-%02d.mp4"),
        ("twice", "splitmuxsink muxer=matroskamux max_files=0 location=@/a-%%-%02d.mp4"),
        ("single", "matroskamux ! multifilesink next-file=max-size location=@/a.mkv"),
        ("many", "matroskamux ! multifilesink location=@/a-%05d.mkv"),
        ("moved", "matroskamux ! multifilesink index=7 location=@/a-%05d.mkv"),
        ("odd", "matroskamux ! multifilesink next-file=max-size location=@/a%%.mkv"),
    ]
    static let circular: [(name: String, text: String)] = [
        ("ring", "splitmuxsink muxer=matroskamux max-files=2 location=@/a-%02d.mp4"),
        ("late", "splitmuxsink muxer=matroskamux start-index=1 max_files=2 location=@/a-%02d.mp4"),
        ("window", "matroskamux ! multifilesink max-files=1000 location=@/a-%05d.mkv"),
    ]
    /// Pictures that an attempt gets before it fails, or changes.
    private static let each = 15

    enum Way: CaseIterable { case retry, capsChange, sourceRebuild }

    private static func plan(
        _ way: Way, _ sinks: [(name: String, text: String)], _ coder: String, in place: Recording
    ) -> String {
        let camera = "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=64,framerate=50/1"
        let ends = sinks.map { (name: $0.name, text: $0.text.replacing("@", with: place.path($0.name))) }
        let fails = "identity error-after=\(each + 1)"
        switch way {
        case .retry:
            return "\(camera) ! probe name=p ! streamtap\n"
                + ends.map { "p. ! \(fails) name=\($0.name) ! \(coder) ! \($0.text)\n" }.joined()
        case .capsChange:
            return "\(camera) ! alternate name=p each=\(each) ! streamtap\n"
                + ends.map { "p. ! \(coder) name=\($0.name) ! \($0.text)\n" }.joined()
        case .sourceRebuild:
            return "\(camera) ! streamtap\n" + ends.map { "\(camera) ! \(fails) ! \(coder) ! \($0.text)\n" }.joined()
        }
    }

    /// Runs until every sink has been made at least three times, as far as can be seen.
    private func record(
        _ way: Way, _ sinks: [(name: String, text: String)], coder: String = "jpegenc",
        until enough: (Recording) throws -> Bool
    ) async throws -> Recording {
        let place = try Recording()
        for sink in sinks {
            try FileManager.default.createDirectory(atPath: place.path(sink.name), withIntermediateDirectories: true)
        }
        let run = try Run(Self.plan(way, sinks, coder, in: place))
        try await eventually(within: .seconds(40)) {
            try run.runner.branches.allSatisfy { $0.frames > 2 * Self.each + 5 } && enough(place)
        }
        try await run.stop()
        return place
    }

    @Test("No picture is lost: one table of sinks for each way", arguments: Way.allCases)
    func kept(_ way: Way) async throws {
        let place = try await record(way, Self.sinks) { place in
            guard way == .sourceRebuild else { return true }
            return try Self.sinks.allSatisfy { try Self.pictures(below: place.path($0.name)) >= 2 * Self.each }
        }
        defer { place.remove() }
        for sink in Self.sinks {
            let files = try Self.files(place.path(sink.name))
            let pictures = files.reduce(0) { $0 + Self.pictures(in: $1.data) }
            // The first attempt's and the second's, and some of the third's.
            #expect(pictures >= 2 * Self.each, "\(way) \(sink.text): \(pictures) in \(files.map(\.name))")
        }
    }

    /// An MP4 without its end cannot be played; what failed lies before the muxer, or is the camera.
    @Test(
        "What has come before something fails is in files that can be played",
        arguments: [
            "mp4mux ! filesink location=@/a.mp4", "splitmuxsink location=@/a-%02d.mp4",
            "qtmux ! filesink location=@/a.mp4",
        ],
        [Way.retry, .sourceRebuild])
    func playable(sink: String, way: Way) async throws {
        let coder = "x264enc tune=zerolatency speed-preset=ultrafast"
        let place = try await record(way, [("files", sink)], coder: coder) { place in
            try Self.files(place.path("files")).count > 2
        }
        defer { place.remove() }
        let pictures = try Self.files(place.path("files")).map { try place.facts("files/\($0.name)").frames }
        #expect(pictures.count > 2 && pictures.sorted().suffix(2) == [Self.each, Self.each], "\(pictures)")
    }

    @Test("A ring goes on as a ring, behind its newest file", arguments: Way.allCases)
    func rings(_ way: Way) async throws {
        let place = try await record(way, Self.circular) {
            try way != .sourceRebuild || Self.pictures(below: $0.path("window")) > 2 * Self.each + 5
        }
        defer { place.remove() }
        for sink in Self.circular.prefix(2) {
            let files = try Self.files(place.path(sink.name))
            #expect(files.map(\.name) == ["a-00.mp4", "a-01.mp4"], "\(way) \(sink.text)")
            // Of the newest two attempts, but for what the last one had no time for.
            let counts = files.map { Self.pictures(in: $0.data) }
            #expect((counts.max() ?? 0) >= Self.each - 3, "\(way) \(sink.text): \(counts)")
        }
        #expect(try Self.pictures(below: place.path("window")) >= 2 * Self.each, "\(way)")
    }

    /// The end of a file may come out before all that led to it is done. Names are new each time, so that each change is logged:
    /// that is where threads meet.
    @Test("Whatever changes without end is recorded without end", arguments: 0..<4)
    func restless(_ round: Int) async throws {
        let place = try Recording()
        defer { place.remove() }
        let names = (0..<8).map { "restless-\(round)-\($0)" }
        for name in names {
            try FileManager.default.createDirectory(atPath: place.path(name), withIntermediateDirectories: true)
        }
        let run = try Run(
            "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=64,framerate=100/1 ! "
                + "alternate name=p each=10 ! streamtap\n"
                + names.map { "p. ! jpegenc name=\($0) ! matroskamux ! filesink location=\(place.path($0))/a.mkv\n" }
                .joined())
        try await eventually(within: .seconds(40)) {
            try names.allSatisfy { try FileManager.default.contentsOfDirectory(atPath: place.path($0)).count > 5 }
        }
        try await run.stop()
    }

    private static func pictures(below directory: String) throws -> Int {
        try files(directory).reduce(0) { $0 + pictures(in: $1.data) }
    }

    private static func files(_ directory: String) throws -> [(name: String, data: Data)] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted().compactMap { name in
            // One that is being written has another name for a moment.
            guard let data = try? Data(contentsOf: URL(filePath: "\(directory)/\(name)")), !data.isEmpty else {
                return nil
            }
            return (name, data)
        }
    }

    /// JPEGs stand in containers as they are.
    private static func pictures(in data: Data) -> Int {
        var (count, rest) = (0, data[...])
        while let found = rest.firstRange(of: Data([0xFF, 0xD8, 0xFF])) {
            (count, rest) = (count + 1, rest[found.upperBound...])
        }
        return count
    }

    // MARK: The rule

    /// What files there are, the newest last; how a sink goes on at the plan's beginning, and in the place of another.
    static let rows: [(files: [String], sink: String, first: String, next: String)] = [
        ([], "filesink location=@/a.mp4", "", ""),
        (["a.mp4"], "filesink location=@/a.mp4", "", "location=a-1.mp4"),
        (["a.mp4", "a-1.mp4"], "splitmuxsink location=@/a.mp4", "", "location=a-2.mp4"),
        (["b.tar.gz"], "filesink location=@/b.tar.gz", "", "location=b.tar-1.gz"),
        ([".c"], "filesink location=@/.c", "", "location=.c-1"),
        (["d-1.mp4"], "filesink location=@/d-1.mp4", "", "location=d-1-1.mp4"),
        (["e"], "filesink location=@/e", "", "location=e-1"),
        (["a-%05d.mp4"], "filesink location=@/a-%05d.mp4", "", "location=a-%05d-1.mp4"),
        (["a.ts"], "filesink append=true location=@/a.ts", "", ""),
        ([], "filesink location=/dev/null", "", ""),
        (
            ["a-2.mp4", "a-10.mp4", "b-99.mp4", "a-x.mp4"], "splitmuxsink location=@/a-%d.mp4", "start-index=11",
            "start-index=11"
        ),
        (["a-2.mp4"], "splitmuxsink start-index=0 location=@/a-%d.mp4", "", "start-index=3"),
        (["a-2.mp4"], "splitmuxsink start_index=7 location=@/a-%d.mp4", "", ""),
        (["a-2.mp4"], "multifilesink location=@/a-%05d.mp4", "index=3", "index=3"),
        (["a-2.mp4"], "multifilesink index=1 location=@/a-%05d.mp4", "", "index=3"),
        (
            ["a-0.mp4", "a-2.mp4", "a-1.mp4"], "splitmuxsink max-files=3 location=@/a-%d.mp4", "start-index=2",
            "start-index=2"
        ),
        (["a-0.mp4", "a-1.mp4", "a-2.mp4"], "splitmuxsink max_files=3 location=@/a-%d.mp4", "", ""),
        (
            ["a-9.mp4", "a-0.mp4", "a-5.mp4"], "splitmuxsink max-files=3 location=@/a-%d.mp4", "start-index=1",
            "start-index=1"
        ),
        (["a-7.jpg"], "multifilesink max-files=3 location=@/a-%d.jpg", "index=8", "index=8"),
        // One picture, always the newest: so says the plan.
        (["a.jpg"], "multifilesink location=@/a.jpg", "", ""),
        (["a.jpg"], "multifilesink next-file=discont location=@/a.jpg", "", "location=a-1.jpg"),
        (["a-1-1.mp4"], "splitmuxsink location=@/a-%d-%d.mp4", "", "location=a-%d-%d-*.mp4"),
        (["s00001.ts"], "hlssink2 location=@/s%05d.ts", "", "location=s%05d-*.ts"),
    ]

    @Test("How a sink goes on", arguments: rows)
    func rule(_ row: (files: [String], sink: String, first: String, next: String)) throws {
        let place = try Recording()
        defer { place.remove() }
        for (age, name) in row.files.reversed().enumerated() {
            try Data("x".utf8).write(to: URL(filePath: place.path(name)))
            let date = Date(timeIntervalSinceNow: -10 * Double(age))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: place.path(name))
        }
        // Nothing was written to these: an attempt for which no camera came leaves such a one.
        for name in ["a-20.mp4", "a-1.mp4", "a-2.mp4"] where !row.files.contains(name) {
            try Data().write(to: URL(filePath: place.path(name)))
        }
        let text = "videotestsrc ! streamtap videotestsrc ! \(row.sink.replacing("@", with: place.path("")))"
        let node = try #require(Plan(parsing: text).graph.nodes.last)
        guard case .named(let factory, _) = node.kind else { return }
        for (goesOn, expected) in [(false, row.first), (true, row.next)] {
            let found: String =
                switch FileContinuation(node, of: factory, goesOn: goesOn) {
                case nil: ""
                case let next?:
                    switch next.value {
                    case .number(let number): "\(next.property)=\(number)"
                    case .path(let path): "\(next.property)=\(URL(filePath: path).lastPathComponent)"
                    }
                }
            #expect(found.replacing(/[0-9]{13}/, with: "*") == expected, "\(row.sink) \(goesOn)")
        }
    }
}
