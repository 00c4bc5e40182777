import Testing

@testable import SnapshotFile

struct SearchTreemapTests {
    private let ground = TreemapTile(x: 10, y: 20, width: 600, height: 400)

    // The example of the paper that describes the layout: Bruls, Huizing, van Wijk, "Squarified Treemaps".
    @Test func `the example of the paper comes out as printed there`() {
        let tiles = TreemapTile(x: 0, y: 0, width: 6, height: 4).divided(among: [6, 6, 4, 3, 2, 2, 1])
        #expect(tiles[0].rounded == TreemapTile(x: 0, y: 0, width: 3, height: 2))
        #expect(tiles[1].rounded == TreemapTile(x: 0, y: 2, width: 3, height: 2))
        #expect(tiles[2].rounded == TreemapTile(x: 3, y: 0, width: 1.71, height: 2.33))
        #expect(tiles[3].rounded == TreemapTile(x: 4.71, y: 0, width: 1.29, height: 2.33))
    }

    @Test(arguments: [
        [1.0], [5, 4, 3, 2, 1], [1000, 1, 1, 1], Array(repeating: 2, count: 97), [1e12, 1e-9], [3, 0, 0],
    ])
    func `areas are in proportion, inside, and do not overlap`(_ weights: [Double]) {
        let tiles = ground.divided(among: weights)
        let total = weights.reduce(0, +)
        #expect(tiles.count == weights.count)
        for (tile, weight) in zip(tiles, weights) {
            #expect(abs(tile.area - weight / total * ground.area) < 0.001)
            #expect(tile.x >= ground.x - 0.001 && tile.x + tile.width <= ground.x + ground.width + 0.001)
            #expect(tile.y >= ground.y - 0.001 && tile.y + tile.height <= ground.y + ground.height + 0.001)
        }
        for (index, one) in tiles.enumerated() {
            for other in tiles[(index + 1)...] { #expect(one.overlap(other) < 0.001) }
        }
    }

    @Test func `equal weights make near squares`() {
        for tile in ground.divided(among: Array(repeating: 1, count: 24)) {
            #expect(max(tile.width / tile.height, tile.height / tile.width) < 1.6)
        }
    }

    @Test(arguments: [[], [0.0], [0, 0], [-1, -2]])
    func `nothing to divide makes empty rectangles`(_ weights: [Double]) {
        #expect(ground.divided(among: weights).allSatisfy { $0.area == 0 })
    }

    @Test func `no room makes empty rectangles`() {
        let tiles = TreemapTile(x: 0, y: 0, width: 0, height: 10).divided(among: [1, 2])
        #expect(tiles.map(\.area) == [0, 0])
    }
}

extension TreemapTile {
    fileprivate var rounded: TreemapTile {
        func round(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        return TreemapTile(x: round(x), y: round(y), width: round(width), height: round(height))
    }

    fileprivate func overlap(_ other: TreemapTile) -> Double {
        let width = min(x + self.width, other.x + other.width) - max(x, other.x)
        let height = min(y + self.height, other.y + other.height) - max(y, other.y)
        return max(0, width) * max(0, height)
    }
}
