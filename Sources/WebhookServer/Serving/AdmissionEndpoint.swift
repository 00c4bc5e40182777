import Admission
import EtcdRecoverModel
import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Reviews over HTTP: one request in, one answer out, whatever the request holds.
struct AdmissionEndpoint: Sendable {
    let admission: Admission
    let lookup: any Lookup
    let metrics: WebhookMetrics
    let log: DecisionLog
    let readiness: Readiness
    let budget: BodyBudget

    /// Bodies above this are judged off the event loop, so that the other connections of the loop do not wait for them.
    private static let inlineLimit = 64 << 10

    func respond(to request: Request, writer: consuming ResponseWriter) async throws {
        let deadline = ConnectionDeadline.current
        var reply: Reply
        do throws(Refusal) {
            switch ReviewRoute(request.head) {
            case .refuse(let refusal): throw refusal
            case .review(let stage, let timeout):
                deadline?.enter(.reading)
                let share = budget.share()
                let body = try await read(request.body, into: share)
                deadline?.enter(.answering(timeout + .seconds(5)))
                reply = Reply(try await judge(body, in: stage, timeout: timeout))
                withExtendedLifetime(share) {}
            }
        } catch {
            metrics.refused(error.code.code)
            log.refused(error, request.head)
            reply = Reply(error)
        }
        // So that API servers have moved to another replica before this one ends.
        if readiness.isDraining { reply.closeConnection() }
        deadline?.enter(.writing)
        try await writer.write(response: reply.head, body: ResponseBody(byteBuffer: reply.body))
        deadline?.enter(reply.closesConnection ? .lingering : .idle)
    }

    /// The whole body. A connection that breaks while it is read is reported as one more bad request; nobody sees the answer.
    private func read(_ body: RequestBody, into share: BodyBudget.Share) async throws(Refusal) -> ByteBuffer {
        var whole = ByteBuffer()
        do {
            for try await var part in body {
                let size = whole.readableBytes + part.readableBytes
                guard size <= ReviewRoute.bodyLimit else { throw Refusal.tooLarge }
                guard await share.grow(to: size) else { throw Refusal.busy }
                whole.writeBuffer(&part)
            }
            return whole
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .badRequest("the body ended early")
        }
    }

    private func judge(_ body: ByteBuffer, in stage: AdmissionStage, timeout: Duration) async throws(Refusal) -> Data {
        let start = ContinuousClock.now
        let data = Data(body.readableBytesView)
        let bounded = BoundedLookup(base: lookup, deadline: start + Self.lookupLimit(within: timeout), metrics: metrics)
        let outcome: Result<AdmissionDecision, UnreadableReview> =
            if data.count <= Self.inlineLimit {
                await decide(data, in: stage, bounded)
            } else {
                await withTaskExecutorPreference(globalConcurrentExecutor) { await decide(data, in: stage, bounded) }
            }
        do {
            let decision = try outcome.get()
            let answer = try Reply.json(decision.review)
            let duration = start.duration(to: .now)
            metrics.reviewed(stage, decision, took: duration)
            log.decided(decision, in: stage, took: duration)
            return answer
        } catch {
            throw .badRequest("\(error)")
        }
    }

    private func decide(
        _ body: Data, in stage: AdmissionStage, _ lookup: BoundedLookup
    ) async -> Result<AdmissionDecision, UnreadableReview> {
        do throws(UnreadableReview) {
            return .success(try await admission.review(body, in: stage, asking: lookup))
        } catch {
            return .failure(error)
        }
    }

    /// What is left for look-ups when the answer has to be back within `timeout`: a tenth of it, at most a second, is for
    /// the way.
    static func lookupLimit(within timeout: Duration) -> Duration {
        timeout - min(timeout / 10, .seconds(1))
    }
}
