import ArgumentParser

enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case auto, always, never
}

struct ColorOptions: ParsableArguments {
    @Option(help: "Colours: auto has them on a terminal unless NO_COLOR is set")
    var color = ColorChoice.auto

    var console: Console { Console(color: color) }
}

/// What `list` prints.
enum ListFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case wide, json, yaml, name
}

/// What `create` prints in place of a sentence.
enum ObjectFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case yaml, json, name
}

/// kubectl's `--dry-run`.
enum DryRun: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Create the object.
    case none
    /// Print what would be sent, and send nothing.
    case client
    /// The API server and its webhooks judge the object; nothing is stored.
    case server
}
