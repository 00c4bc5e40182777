import EtcdRecoverModel

/// Warnings as HTTP headers can carry them: the API server cuts a text at 256 characters, and all of them at 4,096.
func warningTexts(_ warnings: [Finding], each: Int = 256, total: Int = 4096) -> [String] {
    var left = total
    var texts: [String] = []
    for warning in warnings {
        let text = headerText("\(warning.path): \(warning.message)", limit: min(each, left))
        guard !text.isEmpty else { break }
        left -= text.unicodeScalars.count
        texts.append(text)
    }
    return texts
}

/// `text` without control characters and within `limit` scalars; a cut shows.
private func headerText(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    var kept = String.UnicodeScalarView()
    kept.append(contentsOf: scalars.prefix(scalars.count > limit ? max(limit - 1, 0) : limit))
    if scalars.count > limit, limit > 0 { kept.append("…") }
    return String(kept)
}
