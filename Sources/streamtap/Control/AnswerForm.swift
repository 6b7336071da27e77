import ArgumentParser
import Client

/// Whether people or programs read what is printed.
struct AnswerForm: ParsableArguments {
    @Flag(help: "Print the API's JSON, unchanged.")
    var json = false

    /// Prints an answer as it came, or as `text` has it for people.
    ///
    /// - Throws: `ClientError` and `Complaint`.
    func print<T: Decodable>(_ answer: ServerAnswer, _ text: (T) throws -> String) throws {
        if json { return try answer.printJSON() }
        try StandardOutput.write(text(answer.decoded()))
    }
}
