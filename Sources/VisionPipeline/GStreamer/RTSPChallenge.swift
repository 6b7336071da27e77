/// What a camera says of how it wants a password: GStreamer 1.22 knows Basic, and Digest with MD5.
enum RTSPChallenge {
    /// The ways that WWW-Authenticate headers name, where none of them is known; empty where one is, or there is none.
    static func unknownWays(in challenges: [String]) -> [String] {
        var unknown: [String] = []
        for challenge in challenges.map({ $0.lowercased() }) {
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

    /// For people.
    static func words(_ ways: [String]) -> String {
        "the camera takes passwords by \(ways.joined(separator: ", ")) only, which GStreamer does not know; "
            + "allow Digest with MD5 in the camera's settings"
    }
}
