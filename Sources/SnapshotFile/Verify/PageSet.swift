/// Page ids, one bit each.
struct PageSet {
    private var words: [UInt64]
    let limit: Int
    private(set) var count = 0

    /// For ids below `limit`.
    init(below limit: Int) {
        self.limit = limit
        words = [UInt64](repeating: 0, count: (limit + 63) / 64)
    }

    func contains(_ id: Int) -> Bool {
        id >= 0 && id < limit && words[id / 64] & 1 << UInt64(id % 64) != 0
    }

    /// False when it was there before, or is beyond the limit.
    @discardableResult
    mutating func insert(_ id: Int) -> Bool {
        guard id >= 0, id < limit, !contains(id) else { return false }
        words[id / 64] |= 1 << UInt64(id % 64)
        count += 1
        return true
    }
}
