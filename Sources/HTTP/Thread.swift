import Glibc

enum Thread {
    struct CannotStart: Error {
        let errno: Int32
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a thread of its own, which takes no signals and goes when `body` returns.
    static func start(_ body: @escaping @Sendable () -> Void) throws {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(body))
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        // A thread inherits the mask it is started under.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let result = pthread_create(&thread, nil, threadMain, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard result == 0 else {
            context.release()
            throw CannotStart(errno: result)
        }
        pthread_detach(thread)
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
    }
}
