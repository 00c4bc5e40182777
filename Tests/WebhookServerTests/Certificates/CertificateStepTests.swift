import Cryptography
import FoundationEssentials
import Testing

@testable import WebhookServer

struct CertificateStepTests {
    let policy: CertificatePolicy
    let old: CertificateAuthority
    let new: CertificateAuthority
    /// Past two thirds of the old CA's life; the new one was made a moment ago.
    let rotationTime = epoch + day * 250
    let due = "two thirds of the life of CN=old are over"

    init() throws {
        policy = try .standard()
        old = try .made("old")
        new = try .made("new", at: epoch + day * 250)
    }

    func step(
        _ secret: SecretFixture, _ published: [WebhookConfiguration], seenFor duration: Duration = .zero,
        at now: Date = epoch + .seconds(1)
    ) -> CertificateStep {
        .next(
            state: secret.state, published: published, observed: observed(published, for: duration), now: now,
            policy: policy)
    }

    func secret() throws -> SecretFixture { try SecretFixture().authority(old).leaf(by: old) }

    /// In the middle of a rotation, with a serving certificate young enough to stay.
    func staged() throws -> SecretFixture {
        try SecretFixture().authority(old).leaf(by: old, at: epoch + day * 240).next(new)
    }

    // MARK: Beginning

    @Test func createsEverythingInAnEmptySecret() throws {
        #expect(try step(SecretFixture(), configurations([], [])) == .create("the Secret holds no CA"))
        #expect(try step(SecretFixture(), configurations(nil, nil)) == .create("the Secret holds no CA"))
    }

    @Test func publishesWhatIsNotInEveryBundle() throws {
        for published in try [
            configurations([], []), configurations([old], []), configurations(nil, []), configurations([], [old]),
        ] {
            #expect(try step(secret(), published) == .publish([old.certificate]))
        }
    }

    @Test func doesNothingWhenAllIsWell() throws {
        #expect(try step(secret(), configurations([old], [old])) == .nothing)
        // There is nothing to publish to; the certificate serves once there is.
        #expect(try step(secret(), configurations(nil, nil)) == .nothing)
        #expect(try step(secret(), configurations([old], nil)) == .nothing)
    }

    // MARK: The serving certificate

    @Test func renewsTheLeafAtTwoThirdsOfItsLife() throws {
        let published = try configurations([old], [old])
        #expect(try step(secret(), published, at: epoch + day * 60 - .seconds(1)) == .nothing)
        #expect(
            try step(secret(), published, at: epoch + day * 60)
                == .issueLeaf("two thirds of the life of the serving certificate are over"))
    }

    @Test(arguments: [
        (["etcdrecover-webhook.etcdrecover.svc", "10.0.0.7", "another.svc"], CertificateStep.nothing),
        (
            ["etcdrecover-webhook.etcdrecover.svc"],
            .issueLeaf("the serving certificate lacks 10.0.0.7")
        ),
        (
            ["other.svc"],
            .issueLeaf("the serving certificate lacks etcdrecover-webhook.etcdrecover.svc, 10.0.0.7")
        ),
    ])
    func issuesALeafForNamesThatItLacks(_ names: [String], expected: CertificateStep) throws {
        let leaf = try secret().leaf(by: old, names: names.map { try SubjectAlternativeName($0) })
        #expect(try step(leaf, configurations([old], [old])) == expected)
    }

    @Test(arguments: ["tls.crt", "tls.key"])
    func issuesALeafWhereItIsMissingOrBroken(_ key: String) throws {
        let published = try configurations([old], [old])
        for value in [nil, "", "garbage", "-----BEGIN CERTIFICATE-----"] {
            #expect(
                try step(secret().setting(key, value), published)
                    == .issueLeaf("there is no usable serving certificate"))
        }
    }

    @Test func issuesALeafWhereAnotherAuthoritySignedIt() throws {
        let foreign = try SecretFixture().authority(old).leaf(by: .made("foreign"))
        #expect(
            try step(foreign, configurations([old], [old]))
                == .issueLeaf("certificate is not trusted: unable to get local issuer certificate (CN=webhook)"))
    }

    /// Or it would be renewed over and over as the end draws near.
    @Test func aLeafThatEndsWithItsAuthorityIsNotRenewed() throws {
        let secret = try SecretFixture().authority(old).leaf(by: old, at: epoch + day * 300).next(new)
        let published = try configurations([old, new], nil)
        guard case .hold = step(secret, published, at: epoch + day * 350) else {
            Issue.record("\(step(secret, published, at: epoch + day * 350))")
            return
        }
    }

    // MARK: Rotation

    @Test func stagesANextAuthorityAtTwoThirdsOfTheLife() throws {
        let secret = try SecretFixture().authority(old).leaf(by: old, at: epoch + day * 240)
        let published = try configurations([old], [old])
        let third = Duration.seconds(365 * 86_400 / 3)
        #expect(step(secret, published, at: epoch + third * 2 - .seconds(1)) == .nothing)
        #expect(step(secret, published, at: epoch + third * 2) == .stage(due, beside: [old.certificate]))
    }

    @Test func publishesTheNextAuthorityBesideTheOld() throws {
        for published in try [configurations([old], [old]), configurations([old, new], [old])] {
            #expect(
                try step(staged(), published, seenFor: day, at: rotationTime)
                    == .publish([old.certificate, new.certificate]))
        }
    }

    @Test func switchesOnlyAfterTheSettleTime() throws {
        let published = try configurations([old, new], [old, new])
        #expect(
            try step(staged(), published, seenFor: .seconds(59), at: rotationTime)
                == .hold("CN=new is published; it signs after 60.0 seconds"))
        #expect(try step(staged(), published, seenFor: .seconds(60), at: rotationTime) == .switchToNext)
    }

    @Test func aMissingConfigurationHoldsTheSwitch() throws {
        #expect(
            try step(staged(), configurations([old, new], nil), seenFor: day, at: rotationTime)
                == .hold("CN=new cannot sign yet: configuration 1 is missing"))
    }

    @Test func aMissingConfigurationHoldsNothingOnceTheOldAuthorityIsDead() throws {
        let later = epoch + day * 365
        #expect(
            try step(staged(), configurations([old, new], nil), seenFor: .seconds(60), at: later) == .switchToNext)
    }

    @Test func theLeafIsRenewedWhileTheSwitchIsHeld() throws {
        let secret = try SecretFixture().authority(old).leaf(by: old, at: epoch + day * 180).next(new)
        #expect(
            try step(secret, configurations([old, new], nil), at: rotationTime)
                == .issueLeaf("two thirds of the life of the serving certificate are over"))
    }

    @Test func keepsTheOldAuthorityUntilItExpires() throws {
        let secret = try SecretFixture().authority(new, trusting: [old]).leaf(by: new, at: epoch + day * 340)
        let published = try configurations([new, old], [new, old])
        #expect(step(secret, published, at: epoch + day * 365 - .seconds(1)) == .nothing)
        #expect(step(secret, published, at: epoch + day * 365) == .forget([old.certificate]))
        let after = try SecretFixture().authority(new).leaf(by: new, at: epoch + day * 340)
        #expect(step(after, published, at: epoch + day * 365) == .publish([new.certificate]))
    }

    @Test func neverUnpublishesAnAuthorityThatIsInForce() throws {
        let foreign = try CertificateAuthority.made("foreign")
        #expect(
            try step(secret(), configurations([foreign], [old]))
                == .publish([old.certificate, foreign.certificate]))
        #expect(try step(secret(), configurations([old, foreign], [foreign, old])) == .nothing)
    }

    // MARK: Broken data

    /// Valid authorities are out there: whatever happened to the Secret, what replicas serve must stay verifiable.
    @Test(arguments: ["ca.crt", "ca.key"])
    func aBrokenSecretNeverStartsAfreshWhileAnAuthorityIsTrusted(_ key: String) throws {
        let published = try configurations([old], [old])
        for value in [nil, "", "garbage", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"] {
            guard case .stage(_, beside: [old.certificate]) = try step(secret().setting(key, value), published) else {
                Issue.record("\(key) = \(value ?? "nil"): \(try step(secret().setting(key, value), published))")
                continue
            }
        }
        #expect(
            step(SecretFixture(), published) == .stage("the Secret holds no CA", beside: [old.certificate]))
    }

    @Test func aBrokenSecretIsRecreatedWithTheReasonWhereNothingIsTrusted() throws {
        let broken = try secret().setting("ca.crt", "garbage").setting("ca.key", "garbage")
        #expect(
            try step(broken, configurations([], nil))
                == .create(
                    "the Secret holds no usable CA: ca.key: private key is missing: no PEM block found"))
    }

    @Test func aKeyOfAnotherAuthorityIsNoKey() throws {
        let secret = try secret().setting("ca.key", new.key.exposedPEM())
        #expect(
            try step(secret, configurations([old], [old]))
                == .stage(
                    "the Secret holds no usable CA: ca.key: private key belongs to none of the 1 certificates",
                    beside: [old.certificate]))
    }

    @Test func aBrokenNextAuthorityIsStagedAgain() throws {
        #expect(
            try step(staged().setting("next-ca.key", "garbage"), configurations([old], [old]), at: rotationTime)
                == .stage(due, beside: [old.certificate]))
    }

    // MARK: Clocks that jump

    /// A replica whose clock is two years ahead finds everything expired. It may stage, which disturbs nobody, but it
    /// neither drops the authority nor serves with another before the settle time.
    @Test func aForwardJumpOnlyStages() throws {
        let future = epoch + day * 730
        #expect(
            try step(secret(), configurations([old], [old]), at: future)
                == .stage("CN=old has expired", beside: [old.certificate]))
    }

    @Test func aBackwardJumpBeforeTheAuthoritysLifeStagesBesideIt() throws {
        #expect(
            try step(secret(), configurations([old], [old]), at: epoch - day)
                == .stage("CN=old is not valid yet, by this machine's clock", beside: [old.certificate]))
    }

    @Test func aNextAuthorityFromTheFutureIsForgottenWhenTheClockIsRightAgain() throws {
        let secret = try secret().next(.made("future", at: epoch + day * 730))
        let future = try #require(secret.state.next)
        #expect(
            try step(secret, configurations([old, future], [old, future])) == .forget([future.certificate]))
    }
}
