internal import Dispatch
internal import Foundation
internal import WorkerLink

/// Tells every 250 ms how a run goes, watched or not.
final class ProgressReports: @unchecked Sendable {  // a dispatch source may be cancelled from any thread
    private let timer: any DispatchSourceTimer
    private let queue = DispatchQueue(label: "streamtap.progress", qos: .userInitiated)
    private let report: @Sendable () -> Void

    init(_ runner: PipelineRunner, send: @escaping @Sendable (WorkerLink.Progress) -> Void) {
        let report: @Sendable () -> Void = {
            let (dataBytes, threads) = Self.taken()
            var progress = WorkerLink.Progress(
                now: MonotonicClock.now(), dataBytes: dataBytes, threads: threads, sources: runner.sources,
                taps: Self.fitting(runner.tapProgress), stages: runner.stages, branches: runner.branches)
            progress.keepAlive = runner.keepAlive
            send(progress)
        }
        self.report = report
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .milliseconds(50), repeating: .milliseconds(250), leeway: .milliseconds(10))
        timer.setEventHandler(handler: report)
        self.timer = timer
        timer.resume()
    }

    /// Reports once more: what has been found out at the very end, the next worker is told.
    func finish() {
        timer.cancel()
        queue.sync(execute: report)
    }

    /// Labels in one message: with all else it stays well under the link's limit for control messages.
    private static let labelLimit = 4096

    /// The counts of as many labels as a message holds.
    private static func fitting(_ taps: [TapProgress]) -> [TapProgress] {
        var room = labelLimit
        return taps.map { tap in
            guard let labels = tap.detections?.labels else { return tap }
            var tap = tap
            if labels.count > room { tap.detections?.labels = Array(labels.prefix(room)) }
            room = max(0, room - labels.count)
            return tap
        }
    }

    /// VmData, bytes: what RLIMIT_DATA counts. And how many threads there are.
    private static func taken() -> (dataBytes: Int, threads: Int) {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return (0, 0) }
        let lines = status.split(separator: "\n")
        func number(_ name: String) -> Int {
            let line = lines.first { $0.hasPrefix(name) }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return (number("VmData:") * 1024, number("Threads:"))
    }
}
