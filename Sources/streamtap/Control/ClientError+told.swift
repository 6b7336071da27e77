import ArgumentParser
import Client
import Plans

extension ClientError {
    /// Says on standard error what went wrong.
    ///
    /// - Returns: what the command ends with: 1 where the server has refused, otherwise EX_UNAVAILABLE of sysexits(3).
    func told() -> ExitCode {
        guard case .refused(let refusal) = self else {
            StandardError.write("Error: \(TerminalText.safe(description))\n")
            return ExitCode(69)
        }
        StandardError.write("Error: \(TerminalText.safe(refusal.message)) (\(TerminalText.safe(refusal.code)))\n")
        for detail in refusal.details {
            let hint = detail.hint.map { "; \($0)" } ?? ""
            StandardError.write(
                "  \(detail.line):\(detail.column): \(detail.severity.rawValue): \(TerminalText.safe(detail.message + hint))\n"
            )
        }
        if refusal.status == 401 {
            StandardError.write("Sign in with 'streamtap ctl login', or show a token: --token-file, STREAMTAP_TOKEN.\n")
        }
        return ExitCode(1)
    }
}
