import Plans
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
        VideoNode(
            path: "/dev/video\(number)", name: "Twin", serial: "0001",
            links: ["/dev/v4l/by-id/usb-Twin_0001-video-index0", "/dev/v4l/by-path/usb-\(number)-video-index0"],
            device: "/sys/devices/twin\(number)")
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
                "usb:4A7B12", "/dev/video1", "/dev/v4l/by-path/usb-2-video-index0",
                "/dev/v4l/by-path/usb-3-video-index0", "/dev/v4l/by-path/usb-4-video-index0",
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

    @Test("A menu has as many choices as can be asked for, whatever limits its driver names")
    func menus() {
        let menus: [(least: Int64, most: Int64, ends: [Int64])] = [
            (-3, 4, [0, 4]), (2, .max, [2, 257]), (0xFFFF_FFFE, .max, [0xFFFF_FFFE, 0xFFFF_FFFF]),
            (.max, .max, []), (.min, -1, []), (5, 4, []), (0x1_0000_0000, .max, []), (.min, .min, []),
        ]
        for menu in menus {
            let numbers = VideoDevice.choiceNumbers(from: menu.least, to: menu.most)
            let ends = numbers.map { [$0.lowerBound, $0.upperBound] } ?? []
            #expect(ends == menu.ends, "\(menu)")
        }
    }

    @Test("What a device or a program is called neither steers a terminal nor breaks a line")
    func shown() {
        let words = "\u{1B}[2J\u{202E}Evil\r\nCam\u{7}"
        let node = VideoNode(
            path: "/dev/video0", name: words, driver: words, serial: "A\u{202E}1",
            links: ["/dev/v4l/by-id/usb-A\u{202E}1", "/dev/v4l/by-path/usb-1"], device: "/sys/usb1")
        #expect(node.name == "[2J Evil Cam" && node.driver == "[2J Evil Cam" && node.serial == "A_1")
        #expect(node.links == ["/dev/v4l/by-path/usb-1"])
        #expect(VideoNode(path: "/dev/video0", name: "\u{7}", device: "/sys/usb1").name == "/dev/video0")
        #expect(Self.webcam.longSerial == "Acme_HD_Webcam_4A7B12" && Self.webcam.links.count == 2)
        #expect(DeviceHolder.shown(words) == "[2J Evil Cam" && DeviceHolder.shown("\n") == "a program")
        #expect(DeviceHolder.shown(String(repeating: "x", count: 1000)).count == 128)
    }

    @Test(
        "Of what programs have open only devices are looked at",
        arguments: [
            ("/dev/video0", true), ("/dev/video0 (deleted)", true), ("/mnt/nas/video/x.mp4", false),
            ("/mnt/dev/video0", false), ("socket:[4711]", false), ("", false),
        ])
    func lookedAt(_ target: String, _ isLookedAt: Bool) {
        #expect(DeviceHolder.mayBeLookedAt(target) == isLookedAt)
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
