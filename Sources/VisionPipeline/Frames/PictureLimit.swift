/// The largest picture that is accepted; what is larger is dropped and counted before anything decodes it.
struct PictureLimit: Hashable, Sendable {
    var width = 16384
    var height = 16384
    /// 8K UHD.
    var pixels = 7680 * 4320
    /// Bytes of one compressed picture.
    var bytes = 31 << 20

    func allows(width: Int, height: Int) -> Bool {
        width <= self.width && height <= self.height && width * height <= pixels
    }
}
