/// The path below which a server is seen: `/cams`.
package struct BasePath: Sendable, Hashable {
    /// Begins with a slash and does not end with one.
    package let text: String

    /// Nil for what is no path of plain names.
    package init?(_ text: String) {
        guard text.count <= 200, text.wholeMatch(of: /(\/[A-Za-z0-9_~.\-]+)+/) != nil,
            !text.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else { return nil }
        self.text = text
    }
}
