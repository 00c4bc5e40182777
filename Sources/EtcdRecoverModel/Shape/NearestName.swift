/// The known name that somebody most likely meant.
package func nearestName(to name: String, among known: [String]) -> String? {
    let lowercased = name.lowercased()
    return
        known
        .map { (name: $0, distance: editDistance(lowercased, $0.lowercased())) }
        // A third of the letters may be wrong: what is further off is another word.
        .filter { $0.distance <= max(1, min(name.count, $0.name.count) / 3) }
        .min { $0.distance < $1.distance }?
        .name
}

/// Insertions, deletions, replacements and swaps of neighbours that make one word of another. Long names are cut, since
/// no known one is near.
private func editDistance(_ one: String, _ other: String) -> Int {
    let one = Array(one.utf8.prefix(64))
    let other = Array(other.utf8)
    var before: [Int] = []
    var row = Array(0...other.count)
    for (i, letter) in one.enumerated() {
        var next = [i + 1]
        for (j, candidate) in other.enumerated() {
            var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (letter == candidate ? 0 : 1))
            if i > 0, j > 0, letter == other[j - 1], one[i - 1] == candidate { cost = min(cost, before[j - 1] + 1) }
            next.append(cost)
        }
        (before, row) = (row, next)
    }
    return row[other.count]
}
