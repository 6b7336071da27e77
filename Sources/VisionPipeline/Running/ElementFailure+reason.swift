internal import Plans
internal import WorkerLink

extension ElementFailure {
    /// What a failure means for whoever runs the plan.
    ///
    /// Numbers are GstCoreError, GstResourceError and GstStreamError (gst/gsterror.h).
    /// - Parameter hadFrames: frames have come before, so the source was there.
    func reason(hadFrames: Bool) -> FailureReason {
        let words = "\(message) \(detail ?? "")".lowercased()
        func mentions(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        if mentions("unauthorized", "(401)", "(403)", "forbidden", "not authorized") { return .unauthorized }
        // No camera ever comes of what is no address: the plan, or what was given to it, is wrong.
        if mentions(
            "no valid rtsp url", "invalid uri", "error parsing url", "no file name specified", "no filename given")
        {
            return .planInvalid
        }
        // More was announced than a worker may have: a camera's answer of two gigabytes.
        if mentions("out of memory") { return .resourceLimit }
        if isRedirect { return .cameraError }
        if isAnswer { return mentions("(404)", "(410)") ? .notFound : .cameraError }
        switch domain {
        case .resource:
            switch code {
            case 3:  // NOT_FOUND
                return isDevice ? .deviceMissing : .notFound
            case 4:  // BUSY
                return .deviceBusy
            case 5, 6, 7:  // OPEN_READ, OPEN_WRITE, OPEN_READ_WRITE
                if mentions("not found (404)", "no such file") { return isDevice ? .deviceMissing : .notFound }
                if mentions("busy") { return .deviceBusy }
                if mentions("refused") { return .refused }
                return isNetwork ? .unreachable : .cameraError
            case 8:  // CLOSE
                return .cameraError
            case 9, 10, 11:  // READ, WRITE, SEEK
                if mentions("resolve") { return .unreachable }
                // It was reached, and answers what is no answer.
                if mentions("parse error"), !hadFrames { return .cameraError }
                return hadFrames ? .disconnected : isNetwork ? .unreachable : .cameraError
            case 15:  // NOT_AUTHORIZED
                return .unauthorized
            default:
                return .cameraError
            }
        case .stream:
            switch code {
            case 3, 4, 5, 6, 11:  // NOT_IMPLEMENTED, TYPE_NOT_FOUND, WRONG_TYPE, CODEC_NOT_FOUND, FORMAT
                return .unsupportedFormat
            default:
                return mentions("not-negotiated", "not-linked") ? .unsupportedFormat : .cameraError
            }
        case .core:
            switch code {
            case 7, 10: return .unsupportedFormat  // NEGOTIATION, CAPS
            case 12: return .elementMissing  // MISSING_PLUGIN
            default: return .cameraError
            }
        case .library, .other:
            return .cameraError
        }
    }

    /// The camera was reached, and sends its clients elsewhere; souphttpsrc says so where it is not to go there.
    var isRedirect: Bool { "\(message) \(detail ?? "")".firstMatch(of: /\(30[12378]\)/) != nil }

    /// The camera was reached, and answered with a status of HTTP's that says no.
    var isAnswer: Bool { "\(message) \(detail ?? "")".firstMatch(of: /\([45][0-9][0-9]\)/) != nil }

    /// A muxer was given pictures without timestamps.
    var lacksTimes: Bool {
        domain == .stream
            && ["no pts", "no dts", "no timestamp"].contains { "\(message) \(detail ?? "")".lowercased().contains($0) }
    }

    static let wordsForMissingTimes =
        "what comes has no timestamps, as a bare H.264 or H.265 file has none, and this muxer needs them: decode and encode it"
        + " (! avdec_h264 ! x264enc ! …), or give it times before (ffmpeg -i film.h264 -c copy film.mkv)"

    /// The camera's own words.
    var words: String {
        let first = message.hasSuffix(".") ? String(message.dropLast()) : message
        guard let detail, detail != message, !detail.isEmpty else { return Redaction.masked(first) }
        return Redaction.masked("\(first): \(detail)")
    }

    private var isDevice: Bool { factory.hasPrefix("v4l2") || factory.hasPrefix("libcamera") }
    private var isNetwork: Bool {
        [
            "rtspsrc", "souphttpsrc", "curlhttpsrc", "tcpclientsrc", "rtmpsrc", "rtmp2src", "srtsrc", "uridecodebin",
            "uridecodebin3", "urisourcebin",
        ].contains(factory)
    }
}
