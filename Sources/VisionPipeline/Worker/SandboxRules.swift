internal import Foundation
internal import Plans

/// What of the machine a plan's worker may still reach, once it plays. Pure, but for looking which paths there are.
///
/// Read: system libraries, plugins, fonts, certificates and what the plan names. Use: cameras and graphics. Change: what the plan's sinks name.
struct SandboxRules: Hashable {
    /// Files and directories, with all that is in them.
    var readable: Set<String> = []
    /// Devices: read and written, none made.
    var usable: Set<String> = []
    /// Directories that a sink writes to.
    var changeable: Set<String> = []
    /// To which TCP may connect, whatever the address.
    var ports: Set<UInt16> = []

    /// - Parameters:
    ///   - graph: with its parameters bound; nil: of no plan, or of one that does not run.
    ///   - environment: the worker's.
    ///   - apiPorts: of the server, which nobody may reach whose plan does not name it.
    init(
        _ graph: PlanGraph?, environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath, apiPorts: Set<UInt16> = []
    ) {
        readable = Set(Self.system + Self.loaded)
        addPlaces(of: environment)
        usable = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
        guard let graph else { return }
        usable.formUnion(Self.devices)
        ports = Self.usualPorts
        ports.subtract(apiPorts)
        ports.formUnion(
            environment.filter { $0.key.lowercased().hasSuffix("_proxy") }.flatMap { Self.ports(in: $0.value) })
        for node in graph.nodes { add(node, workingDirectory) }
        // A muxer that puts the index first writes the film twice.
        if graph.nodes.flatMap(\.properties).contains(where: { $0.property == "faststart" }) {
            changeable.insert(environment["TMPDIR"] ?? "/tmp")
        }
    }

    /// The same, and no connection by TCP at all.
    var withoutPorts: SandboxRules {
        var rules = self
        rules.ports = []
        return rules
    }

    // MARK: What every worker needs

    private static let system = [
        "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store", "/sys",
        // Of other processes nothing.
        "/proc/self", "/proc/asound", "/proc/bus", "/proc/cpuinfo", "/proc/device-tree", "/proc/driver",
        "/proc/filesystems", "/proc/meminfo", "/proc/stat", "/proc/sys", "/proc/version",
        "/run/udev", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf", "/run/opengl-driver",
        "/var/cache/fontconfig", "/var/lib/ca-certificates",
        // Not all of it: secrets of the operator's may lie there, this server's among them.
        "/etc/alternatives", "/etc/asound.conf", "/etc/alsa", "/etc/ca-certificates", "/etc/crypto-policies",
        "/etc/drirc", "/etc/fonts", "/etc/gai.conf", "/etc/glvnd", "/etc/gnutls", "/etc/group", "/etc/host.conf",
        "/etc/hosts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/libva.conf",
        "/etc/locale.alias", "/etc/localtime", "/etc/machine-id", "/etc/mime.types", "/etc/nsswitch.conf",
        "/etc/OpenCL", "/etc/os-release", "/etc/passwd", "/etc/pki", "/etc/protocols", "/etc/pulse",
        "/etc/resolv.conf", "/etc/services", "/etc/ssl", "/etc/timezone", "/etc/vulkan",
    ]

    /// Where the program and its libraries lie: what they load later lies beside them.
    private static var loaded: [String] {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let files = maps.split(separator: "\n").compactMap { line -> String? in
            guard let slash = line.firstIndex(of: "/") else { return nil }
            return String(line[slash...])
        }
        return Set(files).map(directory(of:)).filter { $0.hasPrefix("/") && !isTooMuch($0) }
    }

    private mutating func addPlaces(of environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let cache = environment["XDG_CACHE_HOME"] ?? "\(home)/.cache"
        let data = environment["XDG_DATA_HOME"] ?? "\(home)/.local/share"
        let configuration = environment["XDG_CONFIG_HOME"] ?? "\(home)/.config"
        readable.formUnion([
            "\(home)/.fonts", "\(data)/fonts", "\(configuration)/fontconfig", "\(cache)/fontconfig",
            "\(data)/gstreamer-1.0", "\(cache)/gstreamer-1.0", "\(home)/.drirc",
        ])
        for (name, value) in environment {
            let isPath = ["PATH", "DIR", "DIRS", "FILE"].contains { name.hasSuffix($0) } || name.contains("PATH_")
            guard isPath, name != "TMPDIR", name != "XDG_RUNTIME_DIR" else { continue }
            readable.formUnion(
                value.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") && !Self.isTooMuch($0) })
        }
        if let graphs = environment["GST_DEBUG_DUMP_DOT_DIR"] { changeable.insert(graphs) }
        readable.insert(environment["XAUTHORITY"] ?? "\(home)/.Xauthority")
    }

    /// Cameras and what pictures are decoded with. Which there are, each worker sees anew.
    private static var devices: [String] {
        let names = [
            "video", "media", "v4l", "dri", "snd", "nvidia", "dma_heap", "kfd", "mali", "accel", "vchiq", "apex",
        ]
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []
        // To root, /dev is the disks and the memory of the machine; to anybody else what the system lets them have, and a
        // camera may come back under another number while the worker runs.
        guard getuid() == 0 else { return ["/dev"] }
        return all.filter { name in names.contains { name.hasPrefix($0) } }.map { "/dev/\($0)" }
    }

    // MARK: What the plan names

    private mutating func add(_ node: PlanNode, _ workingDirectory: String) {
        guard case .named(let element, _) = node.kind else { return }
        if element.hasPrefix("shm") { changeable.insert("/dev/shm") }
        let isRead =
            element.hasSuffix("src") || ["src", "decodebin", "playbin", "parsebin"].contains { element.contains($0) }
        for property in node.properties {
            guard let value = property.text else { continue }
            // A camera at this machine may have any number in its name.
            if property.property != "device" { ports.formUnion(Self.ports(in: value)) }
            if property.name.lowercased().hasSuffix("port"), let port = UInt16(value) { ports.insert(port) }
            guard let path = Self.path(value, property.property, workingDirectory) else { continue }
            if isRead { readable.formUnion(Self.place(of: path)) } else { changeable.formUnion(Self.place(of: path)) }
            // What is there may lie elsewhere.
            let real = URL(filePath: path).resolvingSymlinksInPath().path()
            if real != path, FileManager.default.fileExists(atPath: real) { readable.insert(real) }
        }
    }

    /// The file that a value names; nil: none.
    private static func path(_ value: String, _ name: PropertyName, _ workingDirectory: String) -> String? {
        if value.hasPrefix("file:") { return URL(string: value)?.path(percentEncoded: false) }
        if value.contains("://") { return nil }
        if value.hasPrefix("/") { return value }
        let words = name.text.lowercased().split { !$0.isLetter && !$0.isNumber }
        guard name.namesSomethingOutside, let last = words.last, fileWords.contains(last) else { return nil }
        return "\(workingDirectory)/\(value)"
    }

    private static let fileWords: Set<Substring> = [
        "location", "path", "file", "filename", "directory", "dir", "root", "template", "keyfile", "cert", "model",
        "weights", "soundfont",
    ]

    /// The directory, since a sink makes files there and a source may look for the next one; of one that is still to come, the
    /// nearest that is there.
    private static func place(of path: String) -> [String] {
        var isDirectory = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory {
            return isTooMuch(path) ? [] : [path]
        }
        var place = directory(of: path)
        while !place.isEmpty, !FileManager.default.fileExists(atPath: place) { place = directory(of: place) }
        // Of a file in the root, it alone.
        return isTooMuch(place) ? [path] : [place]
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// Whoever may reach this may reach everything.
    private static func isTooMuch(_ path: String) -> Bool {
        let path = path.split(separator: "/").filter { $0 != "." }
        return path.count < 2 || path.contains("..")
    }

    // MARK: Ports

    /// Where cameras are, also those that one leads on to: DNS, HTTP, RTSP, RTMP and the numbers that stand in for them.
    private static let usualPorts: Set<UInt16> = [
        53, 80, 88, 322, 443, 554, 1935, 1936, 7447, 8000, 8080, 8081, 8443, 8554, 10554,
    ]

    /// `:8080` wherever it stands.
    private static func ports(in text: String) -> [UInt16] {
        text.matches(of: /:(\d{1,5})/).compactMap { UInt16($0.1) }
    }
}

extension PropertyAssignment {
    /// What the property is set to, as text; nil while it is not bound.
    fileprivate var text: String? {
        switch value {
        case .literal(let text): text
        case .bound(let value, _): value.text
        case .parameter: nil
        }
    }
}
