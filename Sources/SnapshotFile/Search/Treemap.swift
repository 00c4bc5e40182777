/// A rectangle of a treemap, its origin at the top left.
package struct TreemapTile: Hashable, Sendable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    package var area: Double { width * height }

    /// Without a margin on every side; never less than nothing.
    package func inset(by margin: Double, top: Double) -> TreemapTile {
        TreemapTile(
            x: x + margin, y: y + top, width: max(0, width - 2 * margin), height: max(0, height - top - margin))
    }
}

extension TreemapTile {
    /// Divides the rectangle among `weights`, to each an area in proportion and as near a square as can be: the squarified
    /// layout of Bruls, Huizing and van Wijk. Weights should fall; the largest lies at the top left. A weight that is not
    /// positive gets an empty rectangle.
    package func divided(among weights: [Double]) -> [TreemapTile] {
        let total = weights.reduce(0) { $0 + max(0, $1) }
        guard total > 0, area > 0 else { return weights.map { _ in TreemapTile(x: x, y: y, width: 0, height: 0) } }
        let areas = weights.map { max(0, $0) / total * area }
        var tiles: [TreemapTile] = []
        tiles.reserveCapacity(areas.count)
        var rest = self
        while tiles.count < areas.count {
            let row = Self.row(of: areas[tiles.count...], along: min(rest.width, rest.height))
            tiles += rest.cutting(row)
        }
        return tiles
    }

    /// As many of the first areas as make the row's worst rectangle no more oblong.
    private static func row(of areas: ArraySlice<Double>, along side: Double) -> ArraySlice<Double> {
        var worst = Double.infinity
        var sum = 0.0
        var least = Double.infinity
        var most = 0.0
        for (index, area) in zip(areas.indices, areas) {
            sum += area
            least = min(least, area)
            most = max(most, area)
            guard sum > 0, least > 0, side > 0 else { continue }
            let ratio = max(side * side * most / (sum * sum), sum * sum / (side * side * least))
            if ratio > worst { return areas[..<index] }
            worst = ratio
        }
        return areas
    }

    /// Takes a row off the longer side and divides it; what is left becomes this rectangle.
    private mutating func cutting(_ row: ArraySlice<Double>) -> [TreemapTile] {
        let sum = row.reduce(0, +)
        let isUpright = width >= height
        let side = isUpright ? height : width
        let depth = side > 0 ? min(sum / side, isUpright ? width : height) : 0
        var place = isUpright ? y : x
        let tiles = row.map { area in
            let length = depth > 0 ? area / depth : 0
            defer { place += length }
            return isUpright
                ? TreemapTile(x: x, y: place, width: depth, height: length)
                : TreemapTile(x: place, y: y, width: length, height: depth)
        }
        if isUpright {
            x += depth
            width = max(0, width - depth)
        } else {
            y += depth
            height = max(0, height - depth)
        }
        return tiles
    }
}
