/// Columns as kubectl prints them: as wide as their widest cell, three spaces apart, nothing behind the last.
struct Table: Hashable, Sendable {
    var columns: [String]
    var rows: [[String]] = []

    func text(indent: String = "", style: (String) -> String = { $0 }) -> String {
        let lines = [columns] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = line.enumerated().map { column, cell in
                column == line.count - 1
                    ? style(cell) : style(cell) + String(repeating: " ", count: widths[column] - cell.count)
            }
            return indent + cells.joined(separator: "   ").trimmingTrailingSpaces() + "\n"
        }.joined()
    }
}

extension String {
    func trimmingTrailingSpaces() -> String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
