import Testing

@testable import VideoDevices

/// How plans name cameras, against lists of nodes as the system has them.
struct DeviceAddressTests {
    private static let webcam = VideoNode(
        path: "/dev/video0", name: "HD Webcam", driver: "uvcvideo", serial: "4A7B12",
        longSerial: "Acme_HD_Webcam_4A7B12",
        links: [
            "/dev/v4l/by-id/usb-Acme_HD_Webcam_4A7B12-video-index0",
            "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0",
        ], device: "/sys/devices/usb1/1-1/1-1:1.0")
    /// What is known of its pictures.
    private static let metadata = VideoNode(
        path: "/dev/video1", name: "HD Webcam", serial: "4A7B12", device: webcam.device, index: 1)
    private static let nameless = VideoNode(
        path: "/dev/video2", name: "Cheap", links: ["/dev/v4l/by-path/usb-2-video-index0"], device: "/sys/devices/usb2")

    private static func twin(_ number: Int) -> VideoNode {
        VideoNode(path: "/dev/video\(number)", name: "Twin", serial: "0001", device: "/sys/devices/twin\(number)")
    }

    @Test(
        "Where an address leads",
        arguments: [
            ("usb:4A7B12", DeviceAddress.Place.node("/dev/video0")),
            ("usb:Acme_HD_Webcam_4A7B12", .node("/dev/video0")),
            ("usb:4A7B1", .missing), ("usb:", .missing), ("usb:4a7b12", .missing),
            ("/dev/video7", .node("/dev/video7")),
            ("usb:0001", .several(["/dev/video3", "/dev/video4"])),
        ])
    func places(_ address: String, _ place: DeviceAddress.Place) {
        // The node with pictures may come second in any order that is not its own.
        let nodes = [Self.metadata, Self.webcam, Self.nameless, Self.twin(3), Self.twin(4)]
        #expect(DeviceAddress(address).place(among: nodes) == place)
    }

    @Test("The number may change, and the one with pictures is meant whatever the numbers say")
    func renumbered() {
        var (webcam, metadata) = (Self.webcam, Self.metadata)
        (webcam.path, metadata.path) = ("/dev/video9", "/dev/video8")
        #expect(DeviceAddress("usb:4A7B12").place(among: [metadata, webcam]) == .node("/dev/video9"))
        webcam.captures = false
        metadata.captures = true
        #expect(DeviceAddress("usb:4A7B12").place(among: [metadata, webcam]) == .node("/dev/video8"))
    }

    @Test("A plan is told the address that means one camera and stays the same longest")
    func best() {
        let all = [Self.webcam, Self.metadata, Self.nameless, Self.twin(3), Self.twin(4)]
        let addresses = all.map { $0.bestAddress(among: all) }
        #expect(
            addresses == [
                "usb:4A7B12", "/dev/video1", "/dev/v4l/by-path/usb-2-video-index0", "/dev/video3", "/dev/video4",
            ])
        #expect(Self.twin(3).bestAddress(among: [Self.twin(3)]) == "usb:0001")
    }

    @Test("Whoever waits for a camera hears of it by any of its names")
    func leads() {
        let all = [Self.webcam, Self.metadata, Self.nameless]
        for address in ["usb:4A7B12", "/dev/video0"] + Self.webcam.links {
            #expect(DeviceAddress(address).leads(to: Self.webcam, among: all), "\(address)")
            #expect(!DeviceAddress(address).leads(to: Self.nameless, among: all), "\(address)")
        }
    }

    @Test(
        "A serial number looks in names as udev has it",
        arguments: [
            (" 4A 7B\t12 ", "4A_7B_12"), ("a/b", "a_b"), ("0x00:ü", "0x00:_"), ("", ""), ("  ", ""),
            ("A#+-.:=@_z", "A#+-.:=@_z"),
        ])
    func serials(_ raw: String, _ name: String) {
        #expect(VideoNode.inNames(raw) == name)
    }

    @Test(
        "Controls are called as v4l2-ctl calls them",
        arguments: [
            ("Exposure Time, Absolute", "exposure_time_absolute"),
            ("White Balance, Automatic", "white_balance_automatic"),
            ("Gain", "gain"), ("S-Video/Composite", "s_video_composite"), ("--", ""),
        ])
    func controls(_ title: String, _ name: String) {
        #expect(DeviceControl.name(of: title) == name)
    }

    @Test("What cannot be asked says why")
    func failures() throws {
        let missing = DeviceQuestion(path: "/dev/video4711", .formats).answer
        #expect(missing.isMissing && missing.report == nil && missing.failure == "No such file or directory")
        let other = DeviceQuestion(path: "/dev/null", .controls).answer
        #expect(!other.isMissing && other.report == nil && other.failure != nil)
    }

    @Test("The system's list is read, and those who have a device are found")
    func system() throws {
        for node in VideoNode.all() { #expect(node.path.hasPrefix("/dev/video")) }
        #expect(DeviceHolder.of([]).isEmpty && DeviceHolder.of(["/dev/video4711"]).isEmpty)
    }
}
