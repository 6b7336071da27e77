extension PropertyName {
    /// What a name may end in that says where something is: a file, a device, a host, a program's part.
    private static let places: Set<Substring> = [
        "location", "path", "file", "filename", "directory", "dir", "root", "template", "keyfile", "knownhosts", "cert",
        "soundfont", "socket", "libname", "libprefix", "model", "weights",
        "uri", "url", "suburi", "baseurl", "host", "hostname", "proxy", "server", "clients", "address", "addresses",
        "localaddress", "bindaddress", "ip", "iface", "interface", "rcpt",
        "device", "display",
    ]
    /// Whole names that say so, though their last word does not.
    private static let others: Set<String> = [
        "multicast-group", "sdp", "broken-input", "recovery-input", "fixed-output", "input-profile", "dest-profile",
        "shm-area-name",
    ]

    /// Whether the property, or the stage's option, says where something outside the plan is: `location`, `device-name`,
    /// `http-proxy`, `clients` and their like.
    ///
    /// The one answer to this: a value from the network needs a format there, plan text from the network may not set it
    /// on a stage, a stored secret does not go to a place that the network names, and credentials in it are masked.
    public var namesSomethingOutside: Bool {
        var words = words
        if Self.others.contains(words.joined(separator: "-")) { return true }
        // `device-name` names a device.
        if words.count > 1, words.last == "name" { words.removeLast() }
        return words.last.map(Self.places.contains) ?? false
    }
}
