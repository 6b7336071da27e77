/// How caps are written so that GStreamer reads them as they are meant.
enum CapsQuoting {
    /// A string as it stands, or in quotes when it holds more than letters and harmless signs.
    static func string(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || "-_+/:.%*@~".unicodeScalars.contains($0) }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
