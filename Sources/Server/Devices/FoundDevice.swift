package import VideoDevices

/// A camera at this machine, as the API shows it. Keys are a contract.
package struct FoundDevice: Sendable, Hashable, Encodable {
    /// What plans should name it by: what stays the same longest.
    package var device: String
    /// `/dev/video0`.
    package var path: String
    /// What it is called, for people.
    package var name: String
    /// The kernel's module that drives it.
    package var driver: String?
    /// Its serial number.
    package var serial: String?
    /// The link by what it is.
    package var byID: String?
    /// The link by where it is plugged in.
    package var byPath: String?
    /// Where it is plugged in, in the kernel's words.
    package var bus: String?
    /// What it can send; empty while it cannot be asked.
    package var formats: [DeviceReport.PictureFormat]
    /// Who has it.
    package var users: [DeviceUser]
    /// Why it cannot be asked, for people; nil where it has answered.
    package var problem: String?

    enum CodingKeys: String, CodingKey {
        case device, path, name, driver, serial, bus, formats, users, problem
        case byID = "by_id"
        case byPath = "by_path"
    }

    init(_ node: VideoNode, among nodes: [VideoNode], _ answer: DeviceAnswer, users: [DeviceUser]) {
        device = node.bestAddress(among: nodes)
        path = node.path
        name = answer.report?.name ?? node.name
        driver = answer.report?.driver ?? node.driver
        serial = node.serial
        byID = node.linkByID
        byPath = node.linkByPath
        bus = answer.report?.bus
        formats = answer.report?.formats ?? []
        self.users = users
        problem = answer.failure
    }
}

/// Who has a device open: an instance of this server's, or another program.
package struct DeviceUser: Sendable, Hashable, Encodable {
    /// An instance's id.
    package var instance: String?
    /// A program's name.
    package var program: String?
    /// The program's number.
    package var pid: Int32?

    /// `instance 'door'`, `ffmpeg (process 4711)`.
    package var words: String {
        if let instance { return "instance '\(instance)'" }
        return "\(program ?? "a program") (process \(pid ?? 0))"
    }
}

/// What an instance has to do with cameras at this machine.
struct DeviceUse: Sendable, Hashable {
    var instance: String
    /// As its plan names them.
    var addresses: [String]
    /// Its worker's.
    var pid: Int32?
    /// Frames come, or are waited for: it has them open.
    var holds: Bool
}
