import EtcdRecoverModel
import Testing

private typealias Variable = Container.Variable

private let podFields: [Variable] = [
    Variable(name: "POD_NAME", valueFrom: .init(fieldRef: .init("metadata.name"))),
    Variable(name: "POD_NAMESPACE", valueFrom: .init(fieldRef: .init("metadata.namespace"))),
]

private let url = "http://orders-0.orders.prod.svc.cluster.local:2380"

private func settings(
    _ command: [String] = ["/usr/local/bin/etcd"], _ args: [String] = [], _ env: [Variable] = [],
    from: [Container.VariableSource] = [], _ configMaps: [String: [String: String]] = [:]
) -> EtcdSettings {
    let container = Container(name: "etcd", command: command, args: args, env: podFields + env, envFrom: from)
    return EtcdSettings(of: container, configMaps: configMaps) {
        ["metadata.name": "orders-0", "metadata.namespace": "prod"][$0]
    }
}

struct MemberIdentityTests {
    private let operatorArguments = [
        "--name=$(POD_NAME)",
        "--initial-advertise-peer-urls=http://$(POD_NAME).orders.$(POD_NAMESPACE).svc.cluster.local:2380",
    ]

    @Test func aStatefulSetOfTheOperatorKeepsItsStateInAConfigMap() throws {
        let settings = settings(
            [], operatorArguments, [], from: [.init(configMapRef: .init(name: "orders-state"))],
            [
                "orders-state": [
                    "ETCD_DATA_DIR": "/var/lib/etcd", "ETCD_INITIAL_CLUSTER": "orders-0=\(url)",
                    "ETCD_INITIAL_CLUSTER_STATE": "new",
                ]
            ])
        let identity = try MemberIdentity(settings)
        #expect(identity.name == "orders-0")
        #expect(identity.advertisedPeerURLs == url)
        #expect(identity.dataDirectory == "/var/lib/etcd")
        #expect(identity.walDirectory == nil)
        #expect(identity.token == nil)
        #expect(identity.soleCluster == "orders-0=\(url)")
        #expect(identity.peerURLs(of: "orders-0") == url)
        #expect(identity.peerURLs(of: "orders-1") == nil)
    }

    @Test func aPodOfTheOperatorHasItInItsOwnEnvironment() throws {
        let identity = try MemberIdentity(
            settings(
                ["/usr/local/bin/etcd"], operatorArguments,
                [Variable(name: "DIR", value: "/var/lib"), Variable(name: "ETCD_DATA_DIR", value: "$(DIR)/etcd")]))
        #expect(identity.name == "orders-0")
        #expect(identity.dataDirectory == "/var/lib/etcd")
    }

    @Test func flagsWinOverVariablesAndTheLastOfAFlagCounts() throws {
        let identity = try MemberIdentity(
            settings(
                ["etcd", "-data-dir", "/first"], ["--data-dir=/second", "--wal-dir", "/wal", "--name=a"],
                [
                    Variable(name: "ETCD_DATA_DIR", value: "/variable"), Variable(name: "ETCD_NAME", value: "b"),
                    Variable(name: "ETCD_INITIAL_CLUSTER_TOKEN", value: "token"),
                ]))
        #expect(identity.dataDirectory == "/second")
        #expect(identity.walDirectory == "/wal")
        #expect(identity.name == "a")
        #expect(identity.token == "token")
    }

    @Test func aPrefixedConfigMapLosesToTheEnvironmentBehindIt() throws {
        let settings = settings(
            [], [], [Variable(name: "ETCD_DATA_DIR", value: "/own")],
            from: [
                .init(prefix: "ETCD_", configMapRef: .init(name: "one")),
                .init(configMapRef: .init(name: "two")),
            ], ["one": ["NAME": "m1", "DATA_DIR": "/one"], "two": ["ETCD_NAME": "m2"]])
        let identity = try MemberIdentity(settings)
        #expect(identity.name == "m2")
        #expect(identity.dataDirectory == "/own")
    }

    @Test func anEmptyVariableCountsAsNone() throws {
        let identity = try MemberIdentity(
            settings(
                [], ["--data-dir=/d"],
                [Variable(name: "ETCD_WAL_DIR", value: ""), Variable(name: "ETCD_NAME", value: "")]))
        #expect(identity.walDirectory == nil)
        #expect(identity.name == "default")
        #expect(identity.advertisedPeerURLs == "http://localhost:2380")
    }

    @Test func aShellScriptIsReadAsFarAsItIsPlain() throws {
        let script =
            "set -e; exec etcd --name \"$POD_NAME\" --data-dir '/var/lib/etcd' --initial-cluster ${POD_NAME}=http://a:2380"
        let identity = try MemberIdentity(settings(["/bin/sh", "-c"], [script]))
        #expect(identity.name == "orders-0")
        #expect(identity.dataDirectory == "/var/lib/etcd")
        #expect(identity.initialCluster == "orders-0=http://a:2380")
    }

    @Test func aMemberWithSeveralURLsHasThemAll() throws {
        let settings = settings(
            [],
            [
                "--data-dir=/d", "--name=a", "--initial-advertise-peer-urls=http://a:1,http://b:2",
                "--initial-cluster=a=http://a:1,b=http://c:1,a=http://b:2",
            ])
        let identity = try MemberIdentity(settings)
        #expect(identity.soleCluster == "a=http://a:1,a=http://b:2")
        #expect(identity.peerURLs(of: "a") == "http://a:1,http://b:2")
        #expect(identity.peerURLs(of: "b") == "http://c:1")
    }

    @Test(arguments: [
        (["--config-file=/etc/etcd.yaml", "--data-dir=/d"], MemberIdentityError.configurationFile("/etc/etcd.yaml")),
        (["--data-dir=data"], .relativePath(flag: "data-dir", "data")),
        (["--data-dir=/d", "--wal-dir=w"], .relativePath(flag: "wal-dir", "w")),
        (["--name=a"], .noDataDirectory),
        (["--data-dir=/d", "--force-new-cluster"], .forcesNewCluster),
        (["--data-dir=/d/$(UNKNOWN)"], .notExpanded(flag: "data-dir", "/d/$(UNKNOWN)")),
        // No shell is there to expand it: etcd takes it as it stands.
        (["--data-dir=/d", "--name=$POD_NAME"], .notExpanded(flag: "name", "$POD_NAME")),
    ])
    func whatDoesNotTellIsRefused(_ arguments: [String], expected: MemberIdentityError) {
        #expect(throws: expected) { try MemberIdentity(settings([], arguments)) }
    }

    @Test(arguments: [
        "exec etcd --data-dir=/d --name=$(hostname)", "exec etcd --data-dir=/d --name=`hostname`",
        "exec etcd --data-dir=/d --name=${POD_NAME%-*}",
    ])
    func aScriptThatComputesIsRefused(_ script: String) {
        #expect(throws: MemberIdentityError.self) { try MemberIdentity(settings(["sh", "-c"], [script])) }
    }

    @Test func aVariableCanNameTheConfigurationFile() {
        #expect(throws: MemberIdentityError.configurationFile("/c")) {
            try MemberIdentity(settings([], ["--data-dir=/d"], [Variable(name: "ETCD_CONFIG_FILE", value: "/c")]))
        }
    }

    @Test(arguments: [
        ("orders-0", "orders", 0), ("a-b-12", "a-b", 12),
    ])
    func theOrdinalIsBehindTheLastHyphen(_ name: String, base: String, ordinal: Int) throws {
        let pod = try #require(PodOrdinal(name))
        #expect(pod.base == base)
        #expect(pod.ordinal == ordinal)
    }

    @Test(arguments: [
        "orders", "orders-", "-1", "orders-01", "orders-x1", "orders-0x", "", "orders-99999999999999999999",
    ])
    func otherNamesHaveNone(_ name: String) {
        #expect(PodOrdinal(name) == nil)
    }
}
