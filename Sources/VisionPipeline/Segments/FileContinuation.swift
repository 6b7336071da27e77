internal import Plans

/// How a sink goes on that has written files before: with no byte less than what is there.
///
/// What writes over its own files by itself may do so: it is what the plan says. A ring goes on behind its newest file.
struct FileContinuation {
    let property: PropertyName
    let value: Value

    enum Value: Hashable {
        case number(Int32)
        case path(String)
    }

    /// Nil where the plan's own settings stand.
    ///
    /// - Parameter goesOn: files were written by the pipeline whose place this sink's takes; else the plan begins.
    init?(_ node: PlanNode, of factory: String, goesOn: Bool) {
        guard let kind = Kind(factory) else { return nil }
        let given = node.text(of: "location")
        guard let location = given ?? kind.location else { return nil }
        if let property = kind.numbers, let numbering = FileNumbering(location) {
            // Without a location the plan says nothing of where its files are.
            let isLeft = given != nil && !node.properties.contains { $0.property == property }
            let first = node.text(of: property).flatMap { Int32($0) } ?? 0
            let next = Self.next(numbering, ring: kind == .splitMux ? node.text(of: "max-files") : nil, first: first)
            guard goesOn || isLeft, next != first else { return nil }
            (self.property, value) = (property, .number(next))
            return
        }
        guard goesOn, !kind.writesOver(node), let next = Self.next(location, kind) else { return nil }
        (property, value) = ("location", .path(next))
    }

    private static func next(_ numbering: FileNumbering, ring: String?, first: Int32) -> Int32 {
        // The numbers of this ring come round to zero, wherever they start.
        if let count = ring.flatMap({ Int32($0) }), count > 0 { return numbering.next(inRingOf: count) ?? first }
        return max(first, numbering.next)
    }

    private static func next(_ location: String, _ kind: Kind) -> String? {
        let path = FilePath(location)
        if kind.readsPatterns, location.contains("%") { return path.freePattern }
        return FilePath.holdsSomething(location) ? path.free : nil
    }

    private enum Kind {
        case file, splitMux, multiFile, playlist

        init?(_ factory: String) {
            switch factory {
            case "filesink": self = .file
            case "splitmuxsink": self = .splitMux
            case "multifilesink": self = .multiFile
            case "hlssink", "hlssink2": self = .playlist
            default: return nil
            }
        }

        /// What it is set to by itself.
        var location: String? {
            switch self {
            case .file, .splitMux: nil
            case .multiFile: "%05d"
            case .playlist: "segment%05d.ts"
            }
        }

        /// Says where its numbers start.
        var numbers: PropertyName? {
            switch self {
            case .splitMux: "start-index"
            case .multiFile: "index"
            case .file, .playlist: nil
            }
        }

        /// A percent sign in a location is no ordinary character.
        var readsPatterns: Bool { self != .file }

        /// One file again and again, or what is new behind what is there: by the plan.
        func writesOver(_ node: PlanNode) -> Bool {
            switch self {
            case .file: ["true", "yes", "1"].contains(node.text(of: "append")?.lowercased())
            case .multiFile:
                [nil, "0", "buffer"].contains(node.text(of: "next-file"))
                    && node.text(of: "location")?.contains("%") == false
            case .splitMux, .playlist: false
            }
        }
    }
}
