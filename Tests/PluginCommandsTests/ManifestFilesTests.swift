import EtcdRecoverModel
import Glibc
import Testing

@testable import PluginCommands

struct ManifestFilesTests {
    private func relative(_ files: [String], to directory: String) -> [String] {
        files.map { $0.hasPrefix(directory + "/") ? String($0.dropFirst(directory.count + 1)) : $0 }
    }

    @Test func findsManifestsBelowADirectoryInOrder() async throws {
        try await withDirectory { directory in
            for folder in ["b", "a", ".git"] { try #require(mkdir("\(directory)/\(folder)", 0o755) == 0) }
            for file in ["z.yaml", "b/1.yml", "a/2.json", "a/readme.md", ".git/x.yaml", "a/.hidden.yaml"] {
                try write("", to: "\(directory)/\(file)")
            }
            let (files, findings) = ManifestFiles.find([directory], recursive: true)
            #expect(relative(files, to: directory) == ["a/.hidden.yaml", "a/2.json", "b/1.yml", "z.yaml"])
            #expect(findings.isEmpty)
            #expect(relative(ManifestFiles.find([directory], recursive: false).files, to: directory) == ["z.yaml"])
        }
    }

    @Test func aLoopOfSymbolicLinksIsEnteredOnce() async throws {
        try await withDirectory { directory in
            try #require(mkdir("\(directory)/a", 0o755) == 0)
            try write("", to: "\(directory)/a/m.yaml")
            try #require(symlink("..", "\(directory)/a/up") == 0)
            try #require(symlink("a", "\(directory)/same") == 0)
            let (files, findings) = ManifestFiles.find([directory], recursive: true)
            #expect(relative(files, to: directory) == ["a/m.yaml"])
            #expect(findings.isEmpty)
        }
    }

    @Test func whatCannotBeFoundIsAFinding() async throws {
        try await withDirectory { directory in
            try #require(mkdir("\(directory)/empty", 0o755) == 0)
            try #require(symlink("/nowhere", "\(directory)/dangling.yaml") == 0)
            try #require(mkfifo("\(directory)/pipe.yaml", 0o600) == 0)
            let (files, findings) = ManifestFiles.find(
                ["\(directory)/empty", "\(directory)/none.yaml", directory, "https://example.com/x.yaml"],
                recursive: true)
            #expect(files.isEmpty)
            #expect(
                findings == [
                    .file("\(directory)/empty", .unreadableFile, "has no .yaml, .yml or .json file"),
                    .file("\(directory)/none.yaml", .unreadableFile, "No such file or directory"),
                    .file("\(directory)/dangling.yaml", .unreadableFile, "No such file or directory"),
                    .file(
                        "https://example.com/x.yaml", .unreadableFile,
                        "is a URL; fetch it first: curl -fsSL URL | kubectl etcdrecover validate -f -"),
                ])
        }
    }

    @Test func aFileNamedTwiceCountsOnce() async throws {
        try await withDirectory { directory in
            try write("", to: "\(directory)/a.yaml")
            #expect(
                ManifestFiles.find(["\(directory)/a.yaml", directory, "-", "-"], recursive: true).files
                    == ["\(directory)/a.yaml", "-"])
        }
    }

    @Test func readsFilesPipesAndNothingBeyondTheLimit() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/a"
            try write("hello", to: path)
            #expect(try FileBytes.read(path, limit: 5) == Array("hello".utf8))
            #expect(throws: FileBytes.Failure(message: "has more than 4 bytes, the limit for one file; split it")) {
                try FileBytes.read(path, limit: 4)
            }
            #expect(
                throws: FileBytes.Failure(message: "has more than 16777216 bytes, the limit for one file; split it")
            ) {
                try FileBytes.read("/dev/zero")
            }
            #expect(throws: FileBytes.Failure(message: "No such file or directory")) {
                try FileBytes.read("\(directory)/none")
            }
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            try #require(Glibc.write(ends[1], "piped", 5) == 5)
            close(ends[1])
            defer { close(ends[0]) }
            #expect(try FileBytes.read("-", standardInput: ends[0]) == Array("piped".utf8))
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func aFileWithoutPermissionIsAFailure() async throws {
        try await withDirectory { directory in
            try write("x", to: "\(directory)/a")
            try #require(chmod("\(directory)/a", 0) == 0)
            #expect(throws: FileBytes.Failure(message: "Permission denied")) { try FileBytes.read("\(directory)/a") }
        }
    }
}
