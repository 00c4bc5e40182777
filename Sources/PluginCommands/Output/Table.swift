/// Columns as kubectl prints them: as wide as their widest cell, three spaces apart, nothing behind the last.
struct Table: Hashable, Sendable {
    var columns: [String]
    var rows: [[String]] = []

    func text(indent: String = "", style: (String) -> String = { $0 }) -> String {
        let lines = [columns] + rows
        let widths = Self.widths(of: lines, atLeast: columns.map { _ in 0 })
        return Self.text(of: lines, widths: widths, indent: indent, style: style)
    }

    static func widths(of lines: [[String]], atLeast least: [Int]) -> [Int] {
        least.indices.map { column in lines.reduce(least[column]) { max($0, $1[column].count) } }
    }

    static func text(
        of lines: [[String]], widths: [Int], indent: String = "", style: (String) -> String = { $0 }
    ) -> String {
        lines.map { line in
            let cells = line.enumerated().map { column, cell in
                column == line.count - 1
                    ? style(cell) : style(cell) + String(repeating: " ", count: widths[column] - cell.count)
            }
            return indent + cells.joined(separator: "   ").trimmingTrailingSpaces() + "\n"
        }.joined()
    }
}

extension String {
    func trimmingSpaces() -> String {
        String(drop { $0 == " " }).trimmingTrailingSpaces()
    }

    func trimmingTrailingSpaces() -> String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
