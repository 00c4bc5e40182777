import Glibc

/// Moves a member out of the way of another one, to where it stays: renamed on its own volume, never deleted, and never over
/// anything. At any moment each of its directories is whole, in its old place or in the new one.
package struct Displacement {
    /// In the data directory, or beside a log that lies on another volume. No name that a staging directory can get.
    package static let folder = ".etcdrecover-aside"

    private let target: RestoreTarget
    /// Of the directory in `folder` that holds what is moved.
    private let name: String
    private var moved: [(from: String, to: String)] = []

    init(_ target: RestoreTarget, name: String) {
        self.target = target
        self.name = name
    }

    /// Moves what there is, and syncs.
    mutating func run() throws(RestoreError) {
        let items = items.filter { Files.exists($0.path) }
        // What belongs together goes to the same place.
        var number = 1
        while items.contains(where: { item in
            item.folders.contains { Files.exists("\($0)/\(Self.folder)/\(numbered(number))/\(item.name)") }
        }) {
            number += 1
        }
        for item in items { try move(item, to: numbered(number)) }
    }

    /// Takes it back, where nothing has come in its place.
    func undo() {
        for (from, to) in moved.reversed() {
            if !Files.exists(from) { _ = Glibc.rename(to, from) }
            let place = Self.parent(of: to)
            rmdir(place)
            rmdir(Self.parent(of: place))
        }
    }

    /// All that was moved under this name, by this run or an earlier one; the member's directory before its log's.
    var all: [String] {
        var found: [String] = []
        for item in items {
            for folder in item.folders {
                var number = 1
                while Files.exists("\(folder)/\(Self.folder)/\(numbered(number))") {
                    let path = "\(folder)/\(Self.folder)/\(numbered(number))/\(item.name)"
                    if Files.exists(path) { found.append(path) }
                    number += 1
                }
            }
        }
        return found
    }

    private func numbered(_ number: Int) -> String { number == 1 ? name : "\(name)-\(number)" }

    private struct Item {
        let path: String
        let name: String
        /// That hold `folder`: the first one that is on the item's volume is taken.
        let folders: [String]
    }

    /// The log last: as long as it is in its place, it can be told whose the data are.
    private var items: [Item] {
        let data = target.dataDirectory.text
        var items = [Item(path: "\(data)/member", name: "member", folders: [data])]
        if let wal = target.walDirectory {
            var folders = [wal.parent]
            // A data directory that does not exist is not made for that: it comes with one rename.
            if wal.parent != data, Files.exists(data) { folders.insert(data, at: 0) }
            items.append(Item(path: wal.text, name: "wal", folders: folders))
        }
        return items
    }

    private mutating func move(_ item: Item, to name: String) throws(RestoreError) {
        for folder in item.folders {
            let aside = "\(folder)/\(Self.folder)"
            let place = "\(aside)/\(name)"
            try make(aside, in: folder)
            try make(place, in: aside)
            do throws(RestoreError) {
                try Files.rename(item.path, to: "\(place)/\(item.name)")
            } catch {
                rmdir(place)
                rmdir(aside)
                guard case .failed(_, _, EXDEV) = error, folder != item.folders.last else { throw error }
                continue
            }
            moved.append((item.path, "\(place)/\(item.name)"))
            try Files.synchronize(directory: place)
            try Files.synchronize(directory: Self.parent(of: item.path))
            return
        }
    }

    private func make(_ path: String, in folder: String) throws(RestoreError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .failed(path, doing: "create", errno: errno) }
        try Files.synchronize(directory: folder)
    }

    private static func parent(of path: String) -> String {
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }
}

extension Restore {
    /// Moves what is in the place of a member aside, under a name that `RestoreRequest.displaces` can have too.
    package static func displace(
        dataDirectory: String, walDirectory: String?, as name: String
    ) throws(RestoreError) {
        let target = try RestoreTarget(dataDirectory: dataDirectory, walDirectory: walDirectory, isDisplacing: true)
        var displacement = Displacement(target, name: name)
        do throws(RestoreError) {
            try displacement.run()
        } catch {
            displacement.undo()
            throw error
        }
    }

    /// Directories that were moved aside under that name, whole: a `member`, and a `wal` where the log had a place of its own.
    package static func displaced(
        dataDirectory: String, walDirectory: String?, as name: String
    ) throws(RestoreError) -> [String] {
        let target = try RestoreTarget(dataDirectory: dataDirectory, walDirectory: walDirectory, isDisplacing: true)
        return Displacement(target, name: name).all
    }
}
