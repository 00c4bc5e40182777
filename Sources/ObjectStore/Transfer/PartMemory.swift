import CAllocator
import Synchronization

/// Memory for parts on their way, shared by all uploads of a process: it bounds what they take together, however many there
/// are.
///
/// An upload asks for one part at a time, and what it has is sent and given back whether or not it gets more, so that all of
/// them come to their end.
package final class PartMemory: Sendable {
    private struct Pool {
        var uploads = 0
        var lent = 0
        /// Emptied and used again: what the allocator keeps of freed ones would be several times that.
        var spare: [Block] = []
    }

    /// Of one loan at a time. An object, so that the loan that ends and the next one, which may begin meanwhile, do not hold
    /// an array both: it would be copied into fresh memory.
    fileprivate final class Block: @unchecked Sendable {
        // Guarded by the loan's owner, and between loans by the pool's lock.
        var bytes: [UInt8] = []
    }

    /// A part that something still holds when it comes back is freed later, and another allocated for it: what is freed is
    /// then the system's again, and not the allocator's.
    private static let isReturned = allocator_return_blocks(1 << 20)

    private let allowance: Allowance
    private let pool = Mutex(Pool())

    /// `bytes` is at least one part of any size.
    package init(bytes: Int = .max) {
        _ = Self.isReturned
        allowance = Allowance(bytes)
    }

    /// Parts that are held now.
    var lent: Int { pool.withLock(\.lent) }

    /// An upload begins, which is to `end`: what is spare is kept as long as there are any.
    func begin() { pool.withLock { $0.uploads += 1 } }

    func end() {
        pool.withLock { pool in
            pool.uploads -= 1
            if pool.uploads == 0 { pool.spare = [] }
        }
    }

    /// Room for a part of up to `size` bytes, once there is some. Throws `CancellationError`.
    func lend(_ size: Int) async throws -> PartLoan {
        try await allowance.take(size)
        let block = pool.withLock { pool in
            pool.lent += 1
            return pool.spare.popLast() ?? Block()
        }
        return PartLoan(of: self, size: size, block)
    }

    fileprivate func giveBack(_ size: Int, _ block: Block) {
        pool.withLock { pool in
            pool.lent -= 1
            if pool.uploads > 0 { pool.spare.append(block) }
        }
        allowance.giveBack(size)
    }
}

/// The memory of one part, given back where it ends.
struct PartLoan: ~Copyable, Sendable {
    private let memory: PartMemory
    private let size: Int
    private let block: PartMemory.Block

    fileprivate init(of memory: PartMemory, size: Int, _ block: PartMemory.Block) {
        self.memory = memory
        self.size = size
        self.block = block
        block.bytes.removeAll(keepingCapacity: true)
    }

    deinit { memory.giveBack(size, block) }

    var bytes: [UInt8] { block.bytes }

    mutating func append(_ chunk: ArraySlice<UInt8>) {
        // A small object takes what it needs; beyond that, growing step by step would take twice the part.
        if block.bytes.capacity < size, block.bytes.count + chunk.count > 1 << 20 { block.bytes.reserveCapacity(size) }
        block.bytes += chunk
    }
}

/// A part in lent memory, which goes back with the last reference.
package final class PartBuffer: Sendable {
    private let loan: PartLoan
    var bytes: [UInt8] { loan.bytes }

    init(_ loan: consuming PartLoan) { self.loan = loan }
}
