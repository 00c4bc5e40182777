/// A hash of user keys, seeded anew each time, so that no file is made of keys that collide.
///
/// Words of eight bytes are multiplied to 128 bits and folded, as wyhash does; several times as fast as the standard
/// library's hasher on keys of this length.
struct KeyHash {
    private let seed = UInt64.random(in: .min ... .max)
    private let secret = UInt64.random(in: .min ... .max) | 1

    @inline(__always)
    func hash(_ key: Bytes) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: key.count)
        var offset = 0
        while let word = key.littleEndian(at: offset, as: UInt64.self) {
            hash = mixed(hash ^ word)
            offset &+= 8
        }
        var rest: UInt64 = 0
        while offset < key.count {
            rest = rest << 8 | UInt64(key[offset])
            offset &+= 1
        }
        return mixed(mixed(hash ^ rest) ^ seed)
    }

    @inline(__always)
    private func mixed(_ word: UInt64) -> UInt64 {
        let product = (word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: secret)
        return product.high ^ product.low
    }
}
