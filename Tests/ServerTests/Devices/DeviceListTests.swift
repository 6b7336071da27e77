import Foundation
import TestSupport
import Testing
import VideoDevices

@testable import Server

struct DeviceListTests {
    private static func node(_ number: Int, serial: String?, index: Int = 0, captures: Bool? = nil) -> VideoNode {
        VideoNode(
            path: "/dev/video\(number)", name: "Cam \(number)", serial: serial, device: "/sys/\(serial ?? "\(number)")",
            index: index, captures: captures)
    }

    @Test("What has come and what has gone, once for each camera")
    func changes() {
        let one = [Self.node(0, serial: "A"), Self.node(1, serial: "A", index: 1)]
        #expect(DeviceListChange.between(one, one) == [])
        #expect(
            DeviceListChange.between([], one) == [
                .init(isGone: false, words: "Cam 0 was plugged in (usb:A, /dev/video0)")
            ])
        #expect(
            DeviceListChange.between(one, [Self.node(2, serial: nil)]) == [
                .init(isGone: true, words: "Cam 0 was unplugged (usb:A, /dev/video0)"),
                .init(isGone: false, words: "Cam 2 was plugged in (/dev/video2)"),
            ])
        // udev has found out a moment later that the second is one, too, and under which links both are.
        var known = one
        known[0].links = ["/dev/v4l/by-path/x"]
        #expect(DeviceListChange.between(one, known) == [])
    }

    @Test("A camera that cannot be asked is shown, what is none is not")
    func unasked() async {
        let nodes = [
            Self.node(0, serial: "A"), Self.node(1, serial: "A", index: 1), Self.node(2, serial: nil, captures: false),
        ]
        let catalog = DeviceCatalog(executable: nil, nodes: { nodes })
        let devices = await catalog.devices()
        #expect(devices.map(\.device) == ["usb:A"])
        #expect(devices.first?.problem != nil && devices.first?.formats == [])
    }

    @Test("A device that never answers holds up nobody for longer than its time, and is not asked twice")
    func hanging() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("#!/bin/sh\nsleep 12\n", to: "worker")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        let catalog = DeviceCatalog(
            executable: WorkerExecutable(path: file), nodes: { [Self.node(0, serial: "A")] })
        let clock = ContinuousClock()
        let begin = clock.now
        let devices = await catalog.devices()
        #expect(devices.map(\.problem) == ["it does not answer"])
        #expect(clock.now - begin < .seconds(10))
        let again = clock.now
        let answer = await catalog.ask(DeviceQuestion(path: "/dev/video0", .controls, controls: ["gain": 1]))
        #expect(answer.failure?.contains("has yet to answer") == true)
        #expect(clock.now - again < .seconds(1))
    }

    @Test("Who asks while a device is being asked waits, and is answered, too")
    func turns() async throws {
        let folder = try TemporaryDirectory()
        // Two at once are one too many.
        let file = try folder.write(
            """
            #!/bin/sh
            mkdir '\(folder.path)/busy' || exit 1
            sleep 0.2
            rmdir '\(folder.path)/busy'
            echo '{"refusals":{},"isMissing":false}'

            """, to: "worker")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        let catalog = DeviceCatalog(executable: WorkerExecutable(path: file))
        async let first = catalog.ask(DeviceQuestion(path: "/dev/video0", .formats))
        async let second = catalog.ask(DeviceQuestion(path: "/dev/video0", .controls))
        async let third = catalog.ask(DeviceQuestion(path: "/dev/video0", .controls, controls: ["gain": 1]))
        for answer in await [first, second, third] { #expect(answer == DeviceAnswer()) }
    }

    @Test("An instance that has a camera is named as its user")
    func users() async {
        let nodes = [Self.node(0, serial: "A"), Self.node(2, serial: "B")]
        let catalog = DeviceCatalog(nodes: { nodes })
        await catalog.serves {
            [
                DeviceUse(instance: "door", addresses: ["usb:A"], pid: nil, holds: true),
                DeviceUse(instance: "late", addresses: ["/dev/video0"], pid: nil, holds: false),
            ]
        }
        #expect(await catalog.devices().map(\.users) == [[DeviceUser(instance: "door")], []])
        let words = await catalog.holders(of: ["/dev/video0"], besides: "late")
        #expect(words == "/dev/video0 is in use by instance 'door'")
        #expect(await catalog.holders(of: ["usb:A"], besides: "door") == nil)
    }
}
