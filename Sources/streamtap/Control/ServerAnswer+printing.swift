import Client
import Foundation

extension ServerAnswer {
    /// Prints the answer as it came.
    ///
    /// - Throws: `ClientError.incomprehensible` for what is no JSON; `Complaint` when it cannot be written.
    func printJSON() throws {
        guard let text = String(data: body, encoding: .utf8), (try? JSONSerialization.jsonObject(with: body)) != nil
        else {
            throw ClientError.incomprehensible("the answer is no JSON; is it another program's address?")
        }
        let shown = isatty(STDOUT_FILENO) == 1 ? TerminalText.safeJSON(text) : text
        try StandardOutput.write(shown.hasSuffix("\n") ? shown : shown + "\n")
    }
}
