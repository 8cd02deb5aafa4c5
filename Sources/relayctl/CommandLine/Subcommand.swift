/// One of relayctl's commands: a file each, listed in `Dispatch.swift`.
protocol Subcommand: SendableMetatype {
    /// The word after `relayctl`.
    static var name: String { get }
    /// One line for `relayctl --help`.
    static var summary: String { get }
    /// What follows the name in the usage line: `STAGE [-f FILE|-]`.
    static var synopsis: String { get }
    /// Paragraphs for `relayctl help NAME`, between the usage line and the options.
    static var discussion: String { get }
    /// The options it knows; `--help` is every command's.
    static var options: [Option] { get }

    /// Reads the arguments; throws a `CommandError` for what makes no sense.
    init(_ arguments: Arguments) throws
    /// Does the work. Returns the exit status: 0, or 1 if the work was done and the answer is "no" (a replay that
    /// differs). What it throws is printed as `CommandError` says.
    func run(_ context: Context) throws -> Int32
}
