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
    let injection: MemberInjection
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
            case .review(let purpose, let timeout):
                deadline?.enter(.reading)
                let share = budget.share()
                let body = try await read(request.body, into: share)
                deadline?.enter(.answering(timeout + .seconds(5)))
                reply = Reply(try await answer(body, for: purpose, timeout: timeout))
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

    private func answer(
        _ body: ByteBuffer, for purpose: ReviewPurpose, timeout: Duration
    ) async throws(Refusal) -> Data {
        let start = ContinuousClock.now
        let data = Data(body.readableBytesView)
        let bounded = BoundedLookup(base: lookup, deadline: start + Self.lookupLimit(within: timeout), metrics: metrics)
        let outcome: Result<Answer, UnreadableReview> =
            // Pods are read as any JSON, which takes long.
            if case .judging = purpose, data.count <= Self.inlineLimit {
                await decide(data, for: purpose, bounded)
            } else {
                await withTaskExecutorPreference(globalConcurrentExecutor) {
                    await decide(data, for: purpose, bounded)
                }
            }
        do {
            let answer = try outcome.get()
            let json = try Reply.json(answer.decision.review)
            let duration = start.duration(to: .now)
            metrics.answered(answer, to: purpose, took: duration)
            log.decided(answer.decision, at: purpose.path, took: duration)
            return json
        } catch {
            throw .badRequest("\(error)")
        }
    }

    struct Answer {
        var decision: AdmissionDecision
        /// Of a pod.
        var injection: MemberInjection.Outcome?
    }

    private func decide(
        _ body: Data, for purpose: ReviewPurpose, _ lookup: BoundedLookup
    ) async -> Result<Answer, UnreadableReview> {
        do throws(UnreadableReview) {
            switch purpose {
            case .judging(let stage):
                return .success(Answer(decision: try await admission.review(body, in: stage, asking: lookup)))
            case .injecting(let target):
                let (decision, outcome) = try await injection.review(body, for: target, asking: lookup)
                return .success(Answer(decision: decision, injection: outcome))
            }
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
