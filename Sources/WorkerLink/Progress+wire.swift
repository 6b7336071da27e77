// Reports of progress as they go over the link: each type's values in one order, written and read.

extension Progress {
    /// A whole message: its header, then the report.
    ///
    /// - Throws: `LinkError.tooLong`; `LinkError.malformed` where one of its numbers is none.
    package var message: [UInt8] {
        get throws(LinkError) {
            var writer = WireWriter()
            write(to: &writer)
            if writer.hasNonsense { throw .malformed("a report with a number that is none") }
            return try LinkHeader(.progress, payloadLength: writer.bytes.count).bytes + writer.bytes
        }
    }

    /// Reads the payload of such a message.
    ///
    /// - Throws: `LinkError.malformed` where it is none, or goes on behind its end.
    package init(payload: [UInt8]) throws(LinkError) {
        var reader = WireReader(payload)
        self = try Progress(from: &reader)
        guard reader.left == 0 else { throw .malformed("\(reader.left) bytes behind a report") }
    }
}

extension Progress: WireCodable {
    package func write(to writer: inout WireWriter) {
        now.write(to: &writer)
        dataBytes.write(to: &writer)
        threads.write(to: &writer)
        sources.write(to: &writer)
        taps.write(to: &writer)
        stages.write(to: &writer)
        branches.write(to: &writer)
        keepAlive.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        now = try reader.next()
        dataBytes = try reader.next()
        threads = try reader.next()
        sources = try reader.next()
        taps = try reader.next()
        stages = try reader.next()
        branches = try reader.next()
        keepAlive = try reader.next()
    }
}

extension SourceProgress: WireCodable {
    package func write(to writer: inout WireWriter) {
        node.write(to: &writer)
        frames.write(to: &writer)
        lastFrame.write(to: &writer)
        dropped.write(to: &writer)
        isLive.write(to: &writer)
        hasEnded.write(to: &writer)
        interval.write(to: &writer)
        rhythm.write(to: &writer)
        fps.write(to: &writer)
        awaitsWholePicture.write(to: &writer)
        sources.write(to: &writer)
        decodeErrors.write(to: &writer)
        part.write(to: &writer)
        trouble.write(to: &writer)
        rebuilds.write(to: &writer)
        warnings.write(to: &writer)
        arrivals.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        node = try reader.next()
        frames = try reader.next()
        lastFrame = try reader.next()
        dropped = try reader.next()
        isLive = try reader.next()
        hasEnded = try reader.next()
        interval = try reader.next()
        rhythm = try reader.next()
        fps = try reader.next()
        awaitsWholePicture = try reader.next()
        sources = try reader.next()
        decodeErrors = try reader.next()
        part = try reader.next()
        trouble = try reader.next()
        rebuilds = try reader.next()
        warnings = try reader.next()
        arrivals = try reader.next()
    }
}

extension SourceRhythm: WireCodable {
    package func write(to writer: inout WireWriter) {
        known.write(to: &writer)
        longest.write(to: &writer)
        stated.write(to: &writer)
        survived.write(to: &writer)
        lastSign.write(to: &writer)
        isAsked.write(to: &writer)
        allowed.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        known = try reader.next()
        longest = try reader.next()
        stated = try reader.next()
        survived = try reader.next()
        lastSign = try reader.next()
        isAsked = try reader.next()
        allowed = try reader.next()
    }
}

extension SourceTrouble: WireCodable {
    package func write(to writer: inout WireWriter) {
        reason.write(to: &writer)
        message.write(to: &writer)
        nextRetry.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        reason = try reader.next()
        message = try reader.next()
        nextRetry = try reader.next()
    }
}

extension SourceArrival: WireCodable {
    package func write(to writer: inout WireWriter) {
        source.write(to: &writer)
        frames.write(to: &writer)
        lastFrame.write(to: &writer)
        interval.write(to: &writer)
        fps.write(to: &writer)
        isLive.write(to: &writer)
        hasEnded.write(to: &writer)
        rhythm.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        source = try reader.next()
        frames = try reader.next()
        lastFrame = try reader.next()
        interval = try reader.next()
        fps = try reader.next()
        isLive = try reader.next()
        hasEnded = try reader.next()
        rhythm = try reader.next()
    }
}

extension TapProgress: WireCodable {
    package func write(to writer: inout WireWriter) {
        tap.write(to: &writer)
        frames.write(to: &writer)
        lastFrame.write(to: &writer)
        fps.write(to: &writer)
        width.write(to: &writer)
        height.write(to: &writer)
        encoded.write(to: &writer)
        dropped.write(to: &writer)
        isDecoding.write(to: &writer)
        detections.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        tap = try reader.next()
        frames = try reader.next()
        lastFrame = try reader.next()
        fps = try reader.next()
        width = try reader.next()
        height = try reader.next()
        encoded = try reader.next()
        dropped = try reader.next()
        isDecoding = try reader.next()
        detections = try reader.next()
    }
}

extension DetectionProgress: WireCodable {
    package func write(to writer: inout WireWriter) {
        frames.write(to: &writer)
        framesWithDetections.write(to: &writer)
        detections.write(to: &writer)
        labels.write(to: &writer)
        unlisted.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        frames = try reader.next()
        framesWithDetections = try reader.next()
        detections = try reader.next()
        labels = try reader.next()
        unlisted = try reader.next()
    }
}

extension LabelProgress: WireCodable {
    package func write(to writer: inout WireWriter) {
        kind.write(to: &writer)
        label.write(to: &writer)
        id.write(to: &writer)
        frames.write(to: &writer)
        detections.write(to: &writer)
        lastSeen.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        kind = try reader.next()
        label = try reader.next()
        id = try reader.next()
        frames = try reader.next()
        detections = try reader.next()
        lastSeen = try reader.next()
    }
}

extension StageProgress: WireCodable {
    package func write(to writer: inout WireWriter) {
        name.write(to: &writer)
        stage.write(to: &writer)
        p50Micros.write(to: &writer)
        p99Micros.write(to: &writer)
        failed.write(to: &writer)
        dropped.write(to: &writer)
        times.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        name = try reader.next()
        stage = try reader.next()
        p50Micros = try reader.next()
        p99Micros = try reader.next()
        failed = try reader.next()
        dropped = try reader.next()
        times = try reader.next()
    }
}

extension BranchProgress: WireCodable {
    package func write(to writer: inout WireWriter) {
        name.write(to: &writer)
        state.write(to: &writer)
        reason.write(to: &writer)
        frames.write(to: &writer)
        dropped.write(to: &writer)
    }

    package init(from reader: inout WireReader) throws(LinkError) {
        name = try reader.next()
        state = try reader.next()
        reason = try reader.next()
        frames = try reader.next()
        dropped = try reader.next()
    }
}
