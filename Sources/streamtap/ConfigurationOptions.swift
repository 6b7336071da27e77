import ArgumentParser
import Foundation
import Server

/// Which file is read.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration, streamtap.yaml; otherwise the one that STREAMTAP_CONFIG names, otherwise "
                + "/etc/streamtap/streamtap.yaml if it is there, which `streamtap run` does not read. Flags and the "
                + "environment count more. '' reads none.", valueName: "file"))
    var file: String?

    /// Where a server that is started so has its configuration from.
    func sources(_ options: [GivenOption], readsStandard: Bool = true) -> ConfigurationSources {
        let environment = ProcessInfo.processInfo.environment
        return ConfigurationSources(
            options: options, environment: environment,
            file: ConfigurationSources.file(named: file, environment: environment, readsStandard: readsStandard))
    }
}

extension LoadedConfiguration {
    /// Tells on standard error what is wrong.
    ///
    /// - Throws: `ExitCode` 1 where the server cannot be started so.
    func requireSound() throws {
        for fault in faults { StandardError.write("\(fault)\n") }
        if faults.hasErrors { throw ExitCode(1) }
    }
}
