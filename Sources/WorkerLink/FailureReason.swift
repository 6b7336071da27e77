/// Why an instance is not running: a closed list that people and scripts may switch over.
public enum FailureReason: String, Hashable, Sendable, Codable, CaseIterable {
    // MARK: The plan itself cannot run

    /// Something in it is wrong: its diagnostics say what.
    case planInvalid = "plan_invalid"
    /// A plugin that it needs is not installed.
    case elementMissing = "element_missing"
    /// The file that it plays is none that anything here can read: another try would find the same.
    case fileUnreadable = "file_unreadable"

    // MARK: The camera cannot be reached, or refuses

    /// Its machine is there, and nothing listens at the port.
    case refused
    /// No such host, or no answer from it.
    case unreachable
    /// User or password are wrong, or missing.
    case unauthorized
    /// It takes passwords in a way only that GStreamer does not know.
    case authenticationUnsupported = "authentication_unsupported"
    /// The camera, or the disk, has nothing under that path.
    case notFound = "not_found"
    /// The USB device is not plugged in.
    case deviceMissing = "device_missing"
    /// Another program has the device.
    case deviceBusy = "device_busy"
    /// What it sends is not what the plan takes.
    case unsupportedFormat = "unsupported_format"

    // MARK: It was there, and is not any more

    /// It was reached, and no frame came in time.
    case noFirstFrame = "no_first_frame"
    /// Frames came, and then none.
    case noFrames = "no_frames"
    /// A live source ended its stream, or the connection broke.
    case disconnected
    /// Any other error of a source's.
    case cameraError = "camera_error"

    // MARK: The worker

    /// It ended without a last word, or somebody else ended it.
    case workerCrashed = "worker_crashed"
    /// It says nothing any more.
    case workerUnresponsive = "worker_unresponsive"
    /// It spoke another version, or nonsense.
    case workerProtocol = "worker_protocol"
    /// Its process could not be started, or gave no sign of life.
    case workerStart = "worker_start"
    /// It wanted more memory than it may have.
    case resourceLimit = "resource_limit"

    // MARK: Nothing is wrong

    /// A file has been played to its end.
    case endOfStream = "end_of_stream"
    /// Somebody wanted it to stop.
    case stopRequested = "stop_requested"
}
