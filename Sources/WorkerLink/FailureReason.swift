/// Why an instance is not running: a closed list that people and scripts may switch over.
public enum FailureReason: String, Hashable, Sendable, Codable, CaseIterable {
    // The plan itself cannot run.
    case planInvalid = "plan_invalid"
    case elementMissing = "element_missing"
    // The camera cannot be reached, or refuses.
    case refused
    case unreachable
    case unauthorized
    case notFound = "not_found"
    case deviceMissing = "device_missing"
    case deviceBusy = "device_busy"
    case unsupportedFormat = "unsupported_format"
    // It was there, and is not any more.
    case noFirstFrame = "no_first_frame"
    case noFrames = "no_frames"
    case disconnected
    case cameraError = "camera_error"
    // The worker.
    case workerCrashed = "worker_crashed"
    case workerUnresponsive = "worker_unresponsive"
    case workerProtocol = "worker_protocol"
    case workerStart = "worker_start"
    case resourceLimit = "resource_limit"
    // Nothing is wrong.
    case endOfStream = "end_of_stream"
    case stopRequested = "stop_requested"
}
