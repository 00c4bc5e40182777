import SnapshotFile

/// A treemap of `ResourceSizes` as SVG: a rectangle for each type of object, divided by namespace where there is room.
struct TreemapDrawing: Sendable {
    var sizes: ResourceSizes
    var title: String
    /// In CSS pixels; the drawing scales.
    var width = 1200.0
    var height = 640.0

    /// For a page of HTML, which brings the styles.
    func inlineSVG() -> String { svg(attributes: "", style: "") }

    /// A file of its own.
    func standaloneSVG() -> String {
        svg(
            attributes: " xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width.pixels)\" height=\"\(height.pixels)\"",
            style: "<style>\n\(Self.style)</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n") + "\n"
    }

    private func svg(attributes: String, style: String) -> String {
        let ground = TreemapTile(x: 0, y: 0, width: width, height: height)
        let shown = sizes.resources.filter { $0.size.total > 0 }
        let tiles = ground.divided(among: shown.map { Double($0.size.total) })
        let drawn = zip(shown, tiles).enumerated().map { index, pair in
            drawing(of: pair.0, color: index, in: pair.1.inset(by: 1, top: 1))
        }
        return """
            <svg\(attributes) viewBox="0 0 \(width.pixels) \(height.pixels)" role="img" aria-label="\(title.xmlText)">
            <title>\(title.xmlText)</title>
            \(style)\(drawn.joined(separator: "\n"))
            </svg>
            """
    }

    private func drawing(of resource: ResourceSizes.Resource, color: Int, in tile: TreemapTile) -> String {
        let name = resource.title
        var text = "<g class=\"\(resource.resource == nil ? "other" : "c\(color % Self.colors)")\">"
        text += "<title>\((name + "\n" + resource.size.sentence).xmlText)</title>" + tile.rectangle("type")
        let heading = Label(
            [name, resource.resource?.plural ?? name], detail: Int64(resource.size.total).binarySize, letter: 8.5)
        guard tile.height >= 22, let words = heading.fitted(into: tile.width - 12) else { return text + "</g>" }
        text += "<text class=\"name\" x=\"\((tile.x + 6).pixels)\" y=\"\((tile.y + 17).pixels)\">\(words)</text>"
        let inner = tile.inset(by: 4, top: 24)
        if resource.namespaces.count > 1, inner.width > 24, inner.height > 14 {
            let parts = inner.divided(among: resource.namespaces.map { Double($0.size.total) })
            text += zip(resource.namespaces, parts).map { Self.drawing(of: $0, of: name, in: $1) }.joined()
        } else if !heading.hasRoomForDetail(in: tile.width - 12), inner.height > 14 {
            text += "<text x=\"\((tile.x + 6).pixels)\" y=\"\((tile.y + 36).pixels)\">\(heading.detail.xmlText)</text>"
        }
        return text + "</g>"
    }

    private static func drawing(
        of namespace: ResourceSizes.Namespace, of resource: String, in tile: TreemapTile
    ) -> String {
        // Smaller ones would only be noise.
        guard tile.width >= 3, tile.height >= 3 else { return "" }
        let tile = tile.inset(by: 0.5, top: 0.5)
        let about = "\(resource) in \(namespace.title)\n\(namespace.size.sentence)"
        var text = "<g><title>\(about.xmlText)</title>" + tile.rectangle("part")
        let label = Label([namespace.title], detail: Int64(namespace.size.total).binarySize, letter: 7)
        if tile.height >= 18, let words = label.fitted(into: tile.width - 8) {
            text += "<text x=\"\((tile.x + 4).pixels)\" y=\"\((tile.y + 13.5).pixels)\">\(words)</text>"
        }
        return text + "</g>"
    }
}

/// A name and a figure on one line, as much of it as there is room for.
private struct Label {
    /// From the longest to the shortest.
    var names: [String]
    var detail: String
    /// How wide one is, in pixels: of the widest of the usual sans-serifs.
    var letter: Double

    init(_ names: [String], detail: String, letter: Double) {
        self.names = names
        self.detail = detail
        self.letter = letter
    }

    func hasRoomForDetail(in width: Double) -> Bool { nameWithDetail(in: Int(width / letter)) != nil }

    private func nameWithDetail(in room: Int) -> String? { names.first { $0.count + 1 + detail.count <= room } }

    /// Nil when not even the beginning of the name fits.
    func fitted(into width: Double) -> String? {
        let room = Int(width / letter)
        if let name = nameWithDetail(in: room) {
            return "\(name.xmlText) <tspan class=\"figure\">\(detail.xmlText)</tspan>"
        }
        if let name = names.first(where: { $0.count <= room }) { return name.xmlText }
        return names.last.flatMap { room >= 5 ? String($0.prefix(room - 1)).xmlText + "…" : nil }
    }
}

extension TreemapTile {
    fileprivate func rectangle(_ kind: String) -> String {
        "<rect class=\"\(kind)\" x=\"\(x.pixels)\" y=\"\(y.pixels)\" width=\"\(width.pixels)\" "
            + "height=\"\(height.pixels)\" rx=\"2\"/>"
    }
}

extension Double {
    /// With one decimal, and none where it is zero.
    var pixels: String {
        let tenths = Int((self * 10).rounded())
        return tenths % 10 == 0
            ? String(tenths / 10) : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

extension Int {
    /// `12.5%`
    func share(of total: Int) -> String {
        let thousandths = total > 0 ? Int((Double(self) / Double(total) * 1000).rounded()) : 0
        return "\(thousandths / 10).\(thousandths % 10)%"
    }
}

extension String {
    /// For the text and the attributes of XML and HTML. What would not show is escaped as in a key.
    var xmlText: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { KeyText.text(of: String($0)) }
            .joined(separator: "\n")
            .reduce(into: "") { text, character in
                switch character {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                default: text.append(character)
                }
            }
    }
}
