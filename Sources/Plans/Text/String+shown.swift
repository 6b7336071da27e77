extension String {
    /// The words of a camera, a device or a program for people: one line of at most so many characters, and nothing that a terminal
    /// or a page takes for more.
    ///
    /// - Parameter blank: stands where words are parted.
    package func shown(upTo length: Int = 128, blank: String = " ") -> String {
        var text = ""
        for scalar in unicodeScalars.prefix(length * 4) {
            switch scalar.properties.generalCategory {
            // Control characters move cursors, format characters turn the text round.
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return String(text.split(separator: " ").joined(separator: blank).prefix(length))
    }
}
