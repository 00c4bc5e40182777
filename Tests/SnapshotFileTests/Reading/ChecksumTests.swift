import CChecksum
import Testing

@testable import SnapshotFile

/// Vectors from RFC 3720, B.4, and the check value of the CRC catalogues.
struct ChecksumTests {
    private enum Path: CaseIterable {
        case chosen
        case table
        case instruction

        static var available: [Path] { allCases.filter { $0 != .instruction || checksum_crc32c_has_instruction() } }

        func callAsFunction(_ crc: UInt32, _ start: UnsafeRawPointer?, _ count: Int) -> UInt32 {
            switch self {
            case .chosen: checksum_crc32c(crc, start, count)
            case .table: checksum_crc32c_table(crc, start, count)
            case .instruction: checksum_crc32c_instruction(crc, start, count)
            }
        }
    }

    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283),
            ([], 0),
            (Array("a".utf8), 0xC1D0_4330),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func `every path gives the published values`(_ input: [UInt8], expected: UInt32) {
        for path in Path.available {
            #expect(input.withUnsafeBytes { path(0, $0.baseAddress, $0.count) } == expected, "\(path)")
        }
    }

    @Test func `every path agrees at every length and alignment, in one part or two`() throws {
        var generator = SeededGenerator(seed: 1)
        let input = (0..<6000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try input.withUnsafeBytes { input in
            let start = try #require(input.baseAddress)
            for count in Array(0...300) + [767, 768, 769, 1535, 3071, 3072, 3073, 4095, 5990] {
                for offset in 0..<8 {
                    let expected = checksum_crc32c_table(0, start + offset, count)
                    let split = count / 3
                    for path in Path.available {
                        let whole = path(0, start + offset, count)
                        let parts = path(path(0, start + offset, split), start + offset + split, count - split)
                        #expect([whole, parts] == [expected, expected], "\(path), \(count) bytes at \(offset)")
                    }
                }
            }
        }
    }

    @Test func `parts add up to the whole`() {
        var parts = CRC32C()
        for part in ["1234", "", "56789"] { parts.update(Array(part.utf8)) }
        #expect(parts.value == 0xE306_9283)
    }
}
