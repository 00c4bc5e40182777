/// A table of any length, printed in parts: from one to the next, columns only grow.
struct StreamedTable {
    private static let part = 2000

    private var output: OutputBuffer
    private var lines: [[String]]
    private var widths: [Int]

    init(columns: [String], on console: Console) {
        output = OutputBuffer(console)
        lines = [columns]
        widths = columns.map { _ in 0 }
    }

    /// The cells must be printable, one for each column.
    mutating func add(_ row: [String]) throws(CommandFailure) {
        lines.append(row)
        if lines.count >= Self.part { try writeLines() }
    }

    mutating func finish() throws(CommandFailure) {
        try writeLines()
        try output.flush()
    }

    private mutating func writeLines() throws(CommandFailure) {
        widths = Table.widths(of: lines, atLeast: widths)
        try output.write(Table.text(of: lines, widths: widths))
        lines.removeAll(keepingCapacity: true)
    }
}
