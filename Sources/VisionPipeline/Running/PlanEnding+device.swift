internal import Glibc
internal import Plans
internal import VideoDevices
internal import WorkerLink

extension PlanEnding {
    /// The same of a camera at this machine, with what the system knows of it: elements say little of one that was unplugged.
    ///
    /// - Parameter address: as the plan names it.
    func ofDevice(_ address: String, hadFrames: Bool) -> PlanEnding {
        guard !reason.isFinal else { return self }
        switch DeviceAddress(address).place(among: VideoNode.all()) {
        case .missing:
            return PlanEnding(.deviceMissing, Self.missing(address, hadFrames))
        case .several(let paths):
            return PlanEnding(
                .cameraError,
                "several cameras have the serial number of \(address) (\(paths.joined(separator: ", "))): "
                    + "name the one by a link in /dev/v4l/by-path")
        case .node(let path):
            do throws(VideoDevice.Failure) {
                try VideoDevice(path: path).answers()
                return self
            } catch {
                if error.isMissing { return PlanEnding(.deviceMissing, Self.missing(address, hadFrames)) }
                guard reason != .deviceBusy else { return self }
                var ending = PlanEnding(.cameraError, "the camera \(address) cannot be opened: \(error.words)")
                // Root may open every device but for the sandbox, which knows those that were there when the worker began.
                ending.needsNewProcess = error.code == EACCES && getuid() == 0
                return ending
            }
        }
    }

    private static func missing(_ address: String, _ hadFrames: Bool) -> String {
        hadFrames ? "the camera \(address) was unplugged" : "the camera \(address) is not plugged in"
    }
}
