/// Into which parts an object is cut, and how many of them are on their way at a time.
///
/// Parts of up to `memoryLimit` bytes are held in memory until the store has them, larger ones in a file without a name.
package struct PartLayout: Hashable, Sendable {
    package var parallel: Int
    package var memoryLimit: Int
    private var sizes: Sizes

    private enum Sizes: Hashable, Sendable {
        case equal(Int)
        /// `announced` parts of `size` bytes; if there is more after all, parts that grow. `mark` is added to each.
        case numbered(size: Int, announced: Int, mark: Int)
    }

    /// The same size for every part.
    package init(partSize: Int, parallel: Int, memoryLimit: Int = 16 << 20) {
        self.parallel = parallel
        self.memoryLimit = memoryLimit
        sizes = .equal(partSize)
    }

    /// S3 takes 10,000 parts and 5 TiB: with the length known all parts are equal (some stores insist on that); without,
    /// they grow. Each is `mark` bytes longer than a multiple of 64 KiB.
    static func s3(forBytes length: Int64?, mark: Int, parallel: Int = 4) -> PartLayout {
        let bytes = max(0, min(length ?? 0, largestObject))
        let least = Int((bytes + Int64(partLimit) - 1) / Int64(partLimit))
        let size = (max(least, smallest) + granule - 1) / granule * granule
        var layout = PartLayout(partSize: size, parallel: parallel)
        layout.sizes = .numbered(size: size, announced: Int(bytes / Int64(size)) + 1, mark: mark)
        return layout
    }

    static let partLimit = 10_000
    static let largestObject: Int64 = 5 << 40
    private static let smallest = 8 << 20
    private static let granule = 64 << 10

    /// Bytes of a part that is not the last. `number` counts from 1.
    package func size(ofPart number: Int) -> Int {
        switch sizes {
        case .equal(let size): return size
        case .numbered(let size, let announced, let mark):
            // 39 GiB at 8 MiB each, then twice the size every 500 parts, up to 4 GiB (S3 takes 5).
            guard number > max(announced, 5_000) else { return size + mark }
            return max(size, Self.smallest << min((number - 5_001) / 500 + 1, 9)) + mark
        }
    }

    /// How many parts may be in memory beside the one that is being filled: less than `parallel` where they are large.
    package func inFlight(atPart number: Int) -> Int {
        max(1, min(parallel, (40 << 20) / size(ofPart: number)))
    }
}
