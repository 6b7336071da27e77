/// Makes a tap's pictures only while somebody wants some: of coded video, which is not decoded for nobody.
protocol PictureMaker: AnyObject, Sendable {
    /// Somebody wants pictures: the newest soon, then those that follow. Returns at once.
    func wake()

    /// Whether it makes some just now.
    var isMaking: Bool { get }

    /// No more video comes for now: has its last picture made, and waits for that.
    ///
    /// - Parameter seconds: no longer than this.
    func finish(within seconds: Double)
}
