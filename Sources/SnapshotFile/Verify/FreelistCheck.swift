/// The list of free pages, where the database stores one. etcd does not, and finds them by looking.
struct FreelistCheck {
    private let database: Database
    private var free: PageSet?
    /// Pages the list itself takes.
    private(set) var ownPages: Range<Int> = 0..<0

    init(_ database: Database, _ findings: inout Findings) {
        self.database = database
        guard database.meta.freelistPage != Meta.noFreelist else { return }
        do {
            let page = try database.page(database.meta.freelistPage, .freelist)
            ownPages = Int(clamping: page.id)..<Int(clamping: page.id) + page.overflow + 1
            free = try read(page, &findings)
        } catch {
            findings.add(error)
        }
    }

    private func read(_ page: Page, _ findings: inout Findings) throws(Finding) -> PageSet {
        // A count of 65535 means that the first id is the count.
        let isLong = page.count == 0xFFFF
        let first = Page.headerSize + (isLong ? 8 : 0)
        let count = isLong ? page.bytes.littleEndian(at: Page.headerSize, as: UInt64.self) ?? 0 : UInt64(page.count)
        guard count <= UInt64((page.bytes.count - first) / 8) else {
            throw Finding(
                page: page.id, offset: page.offset + 10, expected: "as many ids as fit in \(page.bytes.count) bytes",
                found: "a count of \(count)")
        }
        let pages = min(Int(clamping: database.meta.highWater), database.image.count / database.pageSize)
        var free = PageSet(below: pages)
        var previous: UInt64 = 1
        for index in 0..<Int(count) {
            let place = first + index * 8
            guard let id = page.bytes.littleEndian(at: place, as: UInt64.self) else { break }
            if id <= previous || !free.insert(Int(clamping: id)) {
                findings.add(
                    Finding(
                        page: page.id, offset: page.offset + place,
                        expected: "the id of a page after \(previous) and below \(database.meta.highWater)",
                        found: "\(id)"))
            }
            previous = max(previous, id)
        }
        return free
    }

    /// Every page is either free or reached.
    func compare(with reached: PageSet, _ findings: inout Findings) {
        guard let free else { return }
        for id in 2..<max(2, reached.limit) where free.contains(id) == reached.contains(id) {
            findings.add(
                Finding(
                    page: UInt64(id), offset: id * database.pageSize,
                    expected: "a page that is in use or in the list of free pages",
                    found: free.contains(id) ? "both" : "neither"))
        }
    }
}
