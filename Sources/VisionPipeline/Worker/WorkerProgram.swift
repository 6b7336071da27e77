/// The three verbs of `streamtap-worker`.
public enum WorkerProgram {
    /// Runs `run`, `describe` or `check` and returns the process's exit status.
    public static func main(_ arguments: [String]) -> Int32 { 64 }
}
