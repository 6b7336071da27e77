internal import WorkerLink

/// Finds out whether a camera asks for a password in a way that rtspsrc knows: GStreamer 1.22 takes Basic, and Digest with MD5.
///
/// One that asks for Digest with SHA-256 only (RFC 7616) looks to it as if the password were wrong.
enum AuthenticationProbe {
    /// Asks an RTSP camera without a password how it wants one.
    ///
    /// - Returns: nil unless it wants one, and only in ways that are not known here.
    static func probe(_ location: String, within seconds: Double = 1.5) -> ConnectionProbe.Finding? {
        guard let place = NetworkPlace(location), ["rtsp", "rtspt", "rtspu"].contains(place.scheme) else { return nil }
        let head = Waiting.result(within: 2 * seconds, else: "") {
            guard let connection = try? ProbeConnection(to: place, within: seconds) else { return "" }
            return connection.head(answering: request(location, place), within: seconds)
        }
        let algorithms = unknownAlgorithms(in: head)
        guard !algorithms.isEmpty else { return nil }
        return ConnectionProbe.Finding(
            reason: .authenticationUnsupported,
            words:
                "the camera takes passwords by \(algorithms.joined(separator: ", ")) only, which GStreamer does not know; "
                + "allow Digest with MD5 in the camera's settings")
    }

    private static func request(_ location: String, _ place: NetworkPlace) -> String {
        // Never a user's name and password, and no line of the sender's own.
        let path = location.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }.prefix { !$0.isWhitespace && $0 != "#" }
        let host = place.host.contains(":") ? "[\(place.host)]" : place.host
        return "DESCRIBE rtsp://\(host):\(place.port)\(path) RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    }

    /// The ways that an answer names, where none of them is known; empty where one is, and where it asks for no password.
    static func unknownAlgorithms(in head: String) -> [String] {
        let lines = head.split(whereSeparator: \.isNewline)
        guard let status = lines.first, status.split(separator: " ").dropFirst().first == "401" else { return [] }
        var unknown: [String] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "www-authenticate" else {
                continue
            }
            let challenge = line[line.index(after: colon)...].lowercased()
            let scheme = challenge.split(whereSeparator: \.isWhitespace).first ?? ""
            let algorithm = challenge.firstMatch(of: /algorithm\s*=\s*"?([^\s",]+)/)?.output.1 ?? "md5"
            switch scheme {
            case "basic": return []
            case "digest" where algorithm == "md5": return []
            case "digest": unknown.append("Digest with \(algorithm.uppercased())")
            default: unknown.append(String(scheme.prefix(32)))
            }
        }
        return unknown
    }
}
