/// Walks every tree of a database, goes on behind what is wrong, and judges each entry.
struct TreeCheck {
    private let database: Database
    private(set) var findings: Findings
    private(set) var entries = 0
    private var reached: PageSet
    private var content: ContentCheck

    /// The keys a page may have: from `lower` on, and below `upper`.
    private struct Bounds {
        var lower: Bytes?
        var upper: Bytes?
    }

    init(_ database: Database, limit: Int) {
        self.database = database
        findings = Findings(limit: limit)
        let pages = min(Int(clamping: database.meta.highWater), database.image.count / database.pageSize)
        reached = PageSet(below: pages)
        content = ContentCheck(database)
    }

    /// Pages below the high-water mark that nothing leads to.
    var freePages: Int { reached.limit - reached.count }

    mutating func run() {
        reached.insert(0)
        reached.insert(1)
        let freelist = FreelistCheck(database, &findings)
        for id in freelist.ownPages { reached.insert(id) }
        walk(database.meta.rootPage, in: nil, Bounds(), depth: 0)
        content.finish(&findings)
        freelist.compare(with: reached, &findings)
    }

    private mutating func walk(_ id: UInt64, in bucket: EtcdBucket?, _ bounds: Bounds, depth: Int) {
        guard depth < Cursor.maximumDepth else {
            findings.add(
                Finding(page: id, expected: "a tree of at most \(Cursor.maximumDepth) levels", found: "more"))
            return
        }
        let page: Page
        do {
            page = try database.page(id, .branch, .leaf)
        } catch {
            findings.add(error)
            return
        }
        guard reach(page) else { return }
        switch page.kind {
        case .branch: walk(branch: page, in: bucket, bounds, depth: depth)
        default: walk(leaf: page, in: bucket, bounds, depth: depth)
        }
    }

    /// Marks the page and its overflow pages. False, with a finding, when one of them was reached before.
    private mutating func reach(_ page: Page) -> Bool {
        let first = Int(clamping: page.id)
        var isFirstTime = true
        for id in first...(first + page.overflow) where !reached.insert(id) {
            findings.add(
                Finding(
                    page: UInt64(id), offset: page.offset, expected: "a page that one place in the tree leads to",
                    found: "one that is reached again"))
            isFirstTime = false
            break
        }
        return isFirstTime
    }

    private mutating func walk(branch page: Page, in bucket: EtcdBucket?, _ bounds: Bounds, depth: Int) {
        guard page.count > 0 else {
            findings.add(
                Finding(page: page.id, offset: page.offset + 10, expected: "a branch with children", found: "none"))
            return
        }
        var previous: Bytes?
        var dataEnd = page.elementsEnd
        for index in 0..<page.count {
            let element = page.offset + Page.headerSize + index * Page.elementSize
            do {
                let child = try page.child(index)
                try checkPlace(of: child.key, behind: &dataEnd, page, element)
                check(child.key, after: previous, bounds, page, element)
                let next = index + 1 < page.count ? try? page.child(index + 1).key : bounds.upper
                previous = child.key
                walk(child.page, in: bucket, Bounds(lower: child.key, upper: next), depth: depth + 1)
            } catch {
                findings.add(error)
            }
        }
    }

    private mutating func walk(leaf page: Page, in bucket: EtcdBucket?, _ bounds: Bounds, depth: Int) {
        var previous: Bytes?
        var dataEnd = page.elementsEnd
        for index in 0..<page.count {
            do {
                let entry = try page.entry(index)
                try checkPlace(of: entry.key, valueSize: entry.value.count, behind: &dataEnd, page, entry.offset)
                check(entry.key, after: previous, bounds, page, entry.offset)
                previous = entry.key
                if let bucket {
                    entries += 1
                    content.check(entry, in: bucket, &findings)
                } else {
                    walk(bucketOf: entry, depth: depth)
                }
            } catch {
                findings.add(error)
            }
        }
    }

    private mutating func walk(bucketOf entry: Entry, depth: Int) {
        do {
            let bucket = try Bucket(entry)
            let kind = content.enter(bucket, entry, &findings)
            switch bucket.root {
            case .page(let id): walk(id, in: kind, Bounds(), depth: 0)
            case .inline(let page): walk(leaf: page, in: kind, Bounds(), depth: 0)
            }
        } catch {
            findings.add(error)
        }
    }

    @inline(__always)
    private mutating func check(_ key: Bytes, after previous: Bytes?, _ bounds: Bounds, _ page: Page, _ offset: Int) {
        if key.isEmpty {
            // A branch's first key may be left out in other databases than etcd's; a leaf's never.
            findings.add(Finding(page: page.id, offset: offset, expected: "a key", found: "an empty one"))
        }
        if let previous, key <= previous { disorder(key, "greater than \(printed(previous))", page, offset) }
        if let lower = bounds.lower, key < lower {
            disorder(key, "not less than its parent's \(printed(lower))", page, offset)
        }
        if let upper = bounds.upper, key >= upper {
            disorder(key, "less than the parent's next, \(printed(upper))", page, offset)
        }
    }

    @inline(never)
    private mutating func disorder(_ key: Bytes, _ expected: String, _ page: Page, _ offset: Int) {
        findings.add(Finding(page: page.id, offset: offset, expected: "a key \(expected)", found: printed(key)))
    }

    /// Writers lay keys and values out in order, so bytes shared by two elements show damage. Such an element is not
    /// looked at further: many of them could share a great value.
    @inline(__always)
    private func checkPlace(
        of key: Bytes, valueSize: Int = 0, behind end: inout Int, _ page: Page, _ offset: Int
    ) throws(Finding) {
        let start = page.bytes.start.distance(to: key.start)
        guard start >= end else { throw Page.overlap(of: page, at: offset) }
        end = start + key.count + valueSize
    }
}
