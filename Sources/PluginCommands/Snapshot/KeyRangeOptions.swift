import ArgumentParser
import SnapshotFile

/// Which keys a command is about, in the text form of keys.
struct KeyRangeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only keys that begin with this", valueName: "text"))
    var prefix: String?

    @Option(help: ArgumentHelp("Only this key and those behind it", valueName: "key"))
    var from: String?

    @Option(help: ArgumentHelp("Only keys before this one", valueName: "key"))
    var to: String?

    func span() throws(CommandFailure) -> KeySpan {
        let span = KeySpan(from: try from.map(keyBytes) ?? [], to: try to.map(keyBytes))
        guard let prefix else { return span }
        return span.intersection(KeySpan(prefix: try keyBytes(prefix)))
    }
}

/// The key that was typed in text form.
func keyBytes(_ text: String) throws(CommandFailure) -> [UInt8] {
    do {
        return try KeyText.key(of: text)
    } catch {
        throw CommandFailure(error.description, status: .usage)
    }
}
