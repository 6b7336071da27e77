import ArgumentParser
import Foundation
import Logging
import Plans
import Server

extension LoadedConfiguration {
    /// Serves until SIGTERM or Ctrl-C, and says where once it can be opened.
    ///
    /// - Parameters:
    ///   - state: what is remembered, and where.
    ///   - begin: runs before that is said; what it throws ends the server.
    func serve(
        remembering state: StateLocation = .none,
        _ begin: @escaping @Sendable (InstanceManager) async throws -> Void = { _ in }
    ) async throws {
        // Whoever reads the log or the address may go.
        signal(SIGPIPE, SIG_IGN)
        let output = LogOutput(format: configuration.logFormat)
        output.level = configuration.logLevel
        // Programs that read a pipe should see the address now, not when the buffer is full.
        let announcements = LineQueue(descriptor: STDOUT_FILENO)
        let logger = Logger(label: "streamtap") { _ in QueueLogHandler(output, level: .trace) }
        defer {
            announcements.flush(within: 0.1)
            output.flush(within: 0.2)
        }
        do {
            var configuration = configuration
            configuration.state = state
            try await StreamTapServer(configuration, sources: sources, logger: logger, log: output).run { server in
                try await begin(server.manager)
                announcements.write("StreamTap is ready: \(server.addresses.joined(separator: ", "))")
                if let link = server.firstAdminLink {
                    announcements.write("There are no users yet. Make the first admin here, once: \(link)")
                }
            }
        } catch let error as ExitCode {
            throw error
        } catch let error as ServiceError {
            throw Complaint(error.message)
        }
    }
}

/// Something that ends the program with a sentence for the person who started it.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
