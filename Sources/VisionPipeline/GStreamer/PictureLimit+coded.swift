extension PictureLimit {
    func allows(_ size: CodedSize) -> Bool { allows(width: size.width, height: size.height) }

    /// Whether a JPEG can be decoded here, and is no larger than allowed.
    func allows(_ picture: JPEGStructure) -> Bool {
        picture.process != .other && picture.precision == 8 && allows(width: picture.width, height: picture.height)
    }

    /// Whether a decoder may take memory for a video's pictures.
    func allows(_ parameters: VideoParameters) -> Bool {
        allows(width: parameters.codedWidth, height: parameters.codedHeight)
    }
}
