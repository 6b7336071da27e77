/// Plans that several tests run.
public enum TestPlans {
    /// A live picture with a tap on the source and one behind a stage; small, so that two cores carry many.
    public static let live = """
        videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=180,framerate=30/1
          ! identity name=source ! grayscale name=gray
        source. ! streamtap name=colour
        gray.   ! streamtap name=grey

        """

    /// Pictures that JPEG cannot make small, so that a viewer who does not read fills every buffer on the way.
    public static let heavy = """
        videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1
          ! streamtap name=snow quality=95

        """

    public static let camera = """
        ---
        parameters:
          camera: {type: string, format: uri}
        ---
        rtspsrc location=${camera} latency=50 protocols=tcp ! rtph264depay ! h264parse ! avdec_h264
          ! streamtap name=live

        """

    public static let twoCameras = """
        ---
        parameters:
          first: {type: string, format: uri}
          second: {type: string, format: uri}
        ---
        rtspsrc name=first location=${first} latency=50 protocols=tcp ! rtph264depay ! avdec_h264 ! streamtap name=left
        rtspsrc name=second location=${second} latency=50 protocols=tcp ! rtph264depay ! avdec_h264 ! blur ! streamtap name=right

        """

    public static let oneOfTwoCameras = """
        ---
        parameters:
          first: {type: string, format: uri}
          second: {type: string, format: uri}
        ---
        compositor name=mix sink_1::xpos=160 ! video/x-raw,framerate=30/1 ! streamtap name=both
        rtspsrc name=first location=${first} latency=50 protocols=tcp ! rtph264depay ! avdec_h264 ! mix.
        rtspsrc name=second location=${second} latency=50 protocols=tcp ! rtph264depay ! avdec_h264 ! mix.

        """

    /// Needs neither camera nor file.
    public static let pattern = """
        videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
          ! grayscale name=gray ! streamtap name=view
        """
    /// Ends after half a second.
    public static let film = """
        videotestsrc num-buffers=15 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
          ! grayscale name=gray ! streamtap name=view
        """
    /// One that asks for a password, which plans must not show.
    public static let secretCamera = """
        ---
        parameters:
          camera: {type: string, format: uri}
          pin: {type: string, format: secret, default: hunter22}
        ---
        rtspsrc location=${camera} user-pw=${pin} latency=100 protocols=tcp
          ! rtph264depay ! h264parse ! avdec_h264 ! grayscale name=gray ! streamtap name=view
        """
}
