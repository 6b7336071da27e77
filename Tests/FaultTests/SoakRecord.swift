import Glibc
import TestSupport
import Testing

/// What a server and workers that have nothing to do with the coming and going held, at each look.
struct SoakRecord {
    /// KiB an hour.
    ///
    /// A server that has not run for long grows by about a quarter of a KiB an instance that comes and goes, which is not its own: of each
    /// continuation (64 bytes) that Swift's executor begins on one thread and ends on another, libdispatch keeps the memory with the
    /// second one, up to 1,024 of them a thread (3,373 were kept after 300 instances). It ends where those are full.
    private static let limits = (server: 64.0, worker: 256.0)

    private struct Series {
        var name: String
        var pid: pid_t
        /// Time in hours; kB, threads, descriptors.
        var points: [(time: Double, resident: Double, threads: Double, descriptors: Double)] = []
    }

    private var all: [Series]

    init(server: pid_t, workers: [String: pid_t]) {
        all = [Series(name: "server", pid: server)]
        all += workers.sorted { $0.key < $1.key }.map { Series(name: "worker of \($0.key)", pid: $0.value) }
    }

    /// - Parameter seconds: since the start.
    mutating func look(at seconds: Double) throws {
        for index in all.indices {
            let pid = all[index].pid
            all[index].points.append(
                (
                    seconds / 3600, Double(try ProcessTable.residentKilobytes(of: pid)),
                    Double(try ProcessTable.threads(of: pid)), Double(try ProcessTable.descriptors(of: pid))
                ))
        }
    }

    /// A line for each; what grew is an issue. The first third, at most half an hour, is warming up.
    func judged() -> [String] {
        all.map { series in
            let end = series.points.last?.time ?? 0
            let points = series.points.filter { $0.time >= min(end / 3, 0.5) }
            let resident = Slope(points.map { ($0.time, $0.resident) })
            let threads = Slope(points.map { ($0.time, $0.threads) })
            let descriptors = Slope(points.map { ($0.time, $0.descriptors) })
            let limit = series.name == "server" ? Self.limits.server : Self.limits.worker
            let line =
                "\(series.name): \(Int(points.last?.resident ?? 0)) kB resident, \(Int(resident.perUnit.rounded())) KiB/h "
                + "(≤ \(Int(limit)); scatter \(Int(resident.scatter)) kB over \(Int(resident.length * 60)) min), threads "
                + "\(Int(points.last?.threads ?? 0)), \(Int(threads.perUnit.rounded()))/h, descriptors "
                + "\(Int(points.last?.descriptors ?? 0)), \(Int(descriptors.perUnit.rounded()))/h"
            #expect(!resident.isBeyond(limit), "\(line)")
            #expect(!threads.isBeyond(0) && !descriptors.isBeyond(0), "\(line)")
            return line
        }
    }
}
