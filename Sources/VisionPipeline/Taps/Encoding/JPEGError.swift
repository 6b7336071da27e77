/// Why a frame could not be encoded as a JPEG, or a JPEG not decoded.
enum JPEGError: Error, Hashable, Sendable {
    /// libjpeg-turbo's own words.
    case codec(String)
    /// The frame is no complete JPEG: SOI or EOI is missing.
    case incompleteJPEG
    /// JPEG knows 1…65535 pixels a side.
    case size(width: Int, height: Int)
}
