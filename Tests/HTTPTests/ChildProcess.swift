import Glibc

/// A program run beside the tests, its output thrown away. Nothing here waits long: tasks have few threads to block.
struct ChildProcess {
    struct Failed: Error {
        let command: [String]
        let status: Int32
    }

    let pid: pid_t

    init(_ command: [String]) throws {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let status = posix_spawnp(&pid, command[0], &files, nil, &arguments, environ)
        guard status == 0 else { throw Failed(command: command, status: status) }
        self.pid = pid
    }

    var isRunning: Bool { waitpid(pid, nil, WNOHANG) == 0 }

    /// Ends it at once.
    func kill() {
        _ = Glibc.kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// Runs a short command to its end.
    static func run(_ command: [String]) throws {
        var status: Int32 = 0
        waitpid(try ChildProcess(command).pid, &status, 0)
        guard status == 0 else { throw Failed(command: command, status: status) }
    }
}
