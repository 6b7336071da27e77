/// Plans that several tests run.
enum TestPlans {
    /// A live picture with a tap on the source and one behind a stage; small, so that two cores carry many.
    static let live = """
        videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=180,framerate=30/1
          ! identity name=source ! grayscale name=gray
        source. ! streamtap name=colour
        gray.   ! streamtap name=grey

        """

    /// Pictures that JPEG cannot make small, so that a viewer who does not read fills every buffer on the way.
    static let heavy = """
        videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1
          ! streamtap name=snow quality=95

        """

    static let camera = """
        ---
        parameters:
          camera: {type: string, format: uri}
        ---
        rtspsrc location=${camera} latency=50 protocols=tcp ! rtph264depay ! h264parse ! avdec_h264
          ! streamtap name=live

        """
}
