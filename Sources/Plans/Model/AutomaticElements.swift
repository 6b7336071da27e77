/// Elements that choose others by what a camera or a file sends.
enum AutomaticElements {
    static let names: Set<String> = [
        "decodebin", "decodebin3", "uridecodebin", "uridecodebin3", "playbin", "playbin3", "parsebin", "urisourcebin",
    ]
}
