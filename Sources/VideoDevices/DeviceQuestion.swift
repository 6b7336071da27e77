/// What a process of its own is asked about a device, since any answer may take for ever. Both sides are of one version.
public struct DeviceQuestion: Sendable, Hashable, Codable {
    /// What a worker is told to answer it.
    public static let verb = "device"

    /// What is to be told of a device.
    public enum Subject: String, Sendable, Hashable, Codable {
        /// What it can send.
        case formats
        /// What can be set on it.
        case controls
    }

    /// `/dev/video0`.
    public var path: String
    /// What the answer tells.
    public var subject: Subject
    /// To be set first: nil for what the driver begins with.
    public var controls: [String: Int64?]?

    /// - Parameter controls: to be set, by name; nil: nothing is to be changed.
    public init(path: String, _ subject: Subject, controls: [String: Int64?]? = nil) {
        self.path = path
        self.subject = subject
        self.controls = controls
    }

    /// Asks the device; returns when its driver has answered.
    public var answer: DeviceAnswer {
        do throws(VideoDevice.Failure) {
            let device = try VideoDevice(path: path)
            let refusals = controls.map { device.set($0) } ?? [:]
            return DeviceAnswer(report: try device.report(subject), refusals: refusals)
        } catch {
            return DeviceAnswer(failure: error.words, isMissing: error.isMissing)
        }
    }
}

/// What became of a `DeviceQuestion`.
public struct DeviceAnswer: Sendable, Hashable, Codable {
    /// Nil where it could not be asked.
    public var report: DeviceReport?
    /// Why a control is not as it was to be, by name.
    public var refusals: [String: String] = [:]
    /// Why it could not be asked, for people.
    public var failure: String?
    /// It is not there.
    public var isMissing = false

    /// What a worker answers, or whoever has waited for one in vain.
    public init(
        report: DeviceReport? = nil, refusals: [String: String] = [:], failure: String? = nil, isMissing: Bool = false
    ) {
        self.report = report
        self.refusals = refusals
        self.failure = failure
        self.isMissing = isMissing
    }
}
