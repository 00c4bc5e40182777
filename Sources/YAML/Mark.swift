/// A place in a source text as an editor shows it: both numbers start at 1, columns count characters, not bytes.
package struct Mark: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The start of a text.
    package static let start = Mark(line: 1, column: 1)
    /// The mark of a node that was built in code: line and column are 0.
    package static let none = Mark(line: 0, column: 0)

    package static func < (a: Mark, b: Mark) -> Bool { (a.line, a.column) < (b.line, b.column) }

    package var description: String { "line \(line), column \(column)" }

    /// This mark, counted from the start of a part, as one of the whole text. `origin`: where the part starts.
    func moved(to origin: Mark) -> Mark {
        Mark(line: line + origin.line - 1, column: line == 1 ? column + origin.column - 1 : column)
    }
}
