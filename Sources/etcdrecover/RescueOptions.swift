import ArgumentParser
import Controllers
import Cryptography
import EtcdRecoverModel
import HTTP
import KubernetesClient
import Logging
import WebhookServer

struct RescueOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Directory, on a volume, for the rescue copies of recoveries that name no object store; default: none, and then "
                + "there has to be one", valueName: "dir"))
    var rescueDir: String?

    @Option(help: ArgumentHelp("Where to hand these copies out to members, over TLS", valueName: "address"))
    var rescueAddress = ListenAddress(host: "0.0.0.0", port: 8444)

    @Option(help: ArgumentHelp("How members' pods reach that address", valueName: "url"))
    var rescueUrl = "https://etcdrecover-rescue.etcdrecover-system.svc:8444"

    func validate() throws {
        if let rescueDir, !rescueDir.hasPrefix("/") { throw ValidationError("--rescue-dir must be absolute") }
        guard let url = EndpointURL(rescueUrl), url.isSecure, url.path.isEmpty,
            (try? SubjectAlternativeName("\(url.host)")) != nil
        else { throw ValidationError("--rescue-url must be https://HOST:PORT, without a path") }
    }

    func open() async throws -> RescueVolume? {
        guard let rescueDir else { return nil }
        return try await RescueVolume.open(directory: rescueDir, url: rescueUrl)
    }

    func server(of volume: RescueVolume, asking reader: RescueReader, logger: Logger) throws -> RescueServer {
        let host = EndpointURL(rescueUrl).map { "\($0.host)" } ?? ""
        return RescueServer(
            address: rescueAddress, authority: volume.authority, names: [try SubjectAlternativeName(host)],
            logger: logger
        ) { path, token in
            switch await reader.open(path, token: SecretBytes(token)) {
            case .copy(let file): .copy(ServedFile(size: file.size, tag: file.sha256, read: file.read))
            case .refused: .refused
            case .missing: .missing
            case .unavailable(let why): .unavailable(why)
            }
        }
    }
}
