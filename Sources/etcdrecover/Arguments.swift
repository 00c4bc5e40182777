public import ArgumentParser
import EtcdRecoverModel
public import Logging
import WebhookServer

extension GoDuration: ExpressibleByArgument {
    package init?(argument: String) {
        guard let duration = try? GoDuration(parsing: argument) else { return nil }
        self = duration
    }
}

extension ListenAddress: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension LogFormat: ExpressibleByArgument {}

extension Logger.Level: @retroactive ExpressibleByArgument {}
