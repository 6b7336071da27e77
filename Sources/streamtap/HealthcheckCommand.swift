import ArgumentParser
import Server

struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask a server of this machine whether it takes work; exits with 0 if it does.",
        discussion: """
            For whoever watches over services and containers, where there is no curl. Asks for /readyz where the configuration \
            says that the server listens; what it was told by flags instead is to be said here, too.

            EXAMPLES:
              streamtap healthcheck
              streamtap healthcheck --at unix:/run/streamtap/http.sock
            """)

    @Option(
        help: ArgumentHelp("Ask here, written as --listen takes it.", valueName: "address"), transform: listenAddress)
    var at: ListenAddress?

    @Option(help: .key("listen.base_path"))
    var basePath: String?

    @Option(help: ArgumentHelp("How long an answer may take, 0.1 to 60.", valueName: "seconds"))
    var timeout = 5.0

    @OptionGroup
    var configuration: ConfigurationOptions

    func validate() throws {
        guard (0.1...60).contains(timeout) else { throw ValidationError("a timeout is a number from 0.1 to 60") }
    }

    func run() async throws {
        let loaded = configuration.sources([GivenOption("listen.base_path", basePath)].compactMap(\.self)).load()
        try loaded.requireSound()
        let answer: ReadinessQuestion.Answer
        do throws(ServiceError) {
            answer = try await ReadinessQuestion(loaded.configuration, at: [at].compactMap(\.self)).ask(within: timeout)
        } catch {
            throw Complaint(error.message)
        }
        try StandardOutput.write("\(answer.body)\n")
        guard answer.isReady else { throw ExitCode(1) }
    }
}

private func listenAddress(_ word: String) throws -> ListenAddress {
    guard let address = ListenAddress(word) else {
        throw ValidationError(
            "'\(word)' is no address, as 127.0.0.1:8277, https://[::1]:8443 and unix:/run/streamtap/http.sock are")
    }
    return address
}
