import Admission
import EtcdRecoverModel
import HTTPTypes
import Logging

/// One line per review: refused ones at `info`, admitted ones at `debug`. Of the user, only the name.
struct DecisionLog: Sendable {
    let logger: Logger

    func decided(_ decision: AdmissionDecision, at path: String, took duration: Duration) {
        let level: Logger.Level = decision.isAllowed ? .debug : .info
        guard logger.logLevel <= level else { return }
        logger.log(
            level: level, decision.isAllowed ? "review allowed" : "review denied",
            metadata: metadata(decision, path, duration))
    }

    func refused(_ refusal: Refusal, _ head: HTTPRequest) {
        logger.info(
            "request refused",
            metadata: ["code": .stringConvertible(refusal.code.code), "reason": .string(refusal.message)])
    }

    private func metadata(
        _ decision: AdmissionDecision, _ path: String, _ duration: Duration
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "path": .string(path),
            "uid": .string(decision.review.response.uid),
            "allowed": .stringConvertible(decision.isAllowed),
            "duration_ms": .stringConvertible(Double(Int64(duration / .microseconds(1))) / 1000),
        ]
        if !decision.deniedBy.isEmpty {
            metadata["rules"] = .array(decision.deniedBy.map { .string($0.rawValue) })
        } else if let status = decision.review.response.status {
            metadata["reason"] = .string(status.message ?? "")
        }
        guard let request = decision.request else { return metadata }
        metadata["kind"] = .string(request.kind.kind)
        metadata["operation"] = .string(request.operation.rawValue)
        if let namespace = request.namespace { metadata["namespace"] = .string(namespace) }
        if let name = request.name { metadata["name"] = .string(name) }
        if let user = request.userInfo?.username { metadata["user"] = .string(user) }
        return metadata
    }
}
