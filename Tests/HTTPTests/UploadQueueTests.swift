import Testing

@testable import HTTP

struct UploadQueueTests {
    @Test(arguments: [1, 2, 3, 7, 100])
    func bytesComeOutInOrderWhateverTheBuffer(_ size: Int) {
        var queue = UploadQueue()
        queue.append([1, 2, 3])
        queue.append([4])
        var taken: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
            let count = buffer.withUnsafeMutableBytes { queue.take(into: $0) }
            if count == 0 { break }
            taken += buffer.prefix(count)
            if taken.count == size { queue.append([5, 6]) }
        }
        let refilled = [1, 2, 3].contains(size)
        #expect(taken == (refilled ? [1, 2, 3, 4, 5, 6] : [1, 2, 3, 4]))
        #expect(queue.count == 0)
    }
}
