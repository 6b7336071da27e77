/// How large a picture says that it is, pixels.
struct CodedSize: Hashable, Sendable {
    var width: Int
    var height: Int
}
