import Testing

@testable import SnapshotFile

struct SearchKubernetesKeyTests {
    // Resource, namespace, name; nil for no object.
    @Test(arguments: [
        ("/registry/pods/kube-system/coredns-0", "pods", "kube-system", "coredns-0"),
        ("/registry/minions/node1", "nodes", nil, "node1"),
        ("/registry/services/specs/default/kubernetes", "services", "default", "kubernetes"),
        ("/registry/services/endpoints/default/kubernetes", "endpoints", "default", "kubernetes"),
        ("/registry/controllers/default/web", "replicationcontrollers", "default", "web"),
        ("/registry/deployments/default/web", "deployments.apps", "default", "web"),
        ("/registry/ingress/default/web", "ingresses.networking.k8s.io", "default", "web"),
        ("/registry/podsecuritypolicy/restricted", "podsecuritypolicies.policy", nil, "restricted"),
        (
            "/registry/clusterroles/system:controller:job-controller", "clusterroles.rbac.authorization.k8s.io", nil,
            "system:controller:job-controller"
        ),
        ("/registry/ranges/serviceips", "ranges", nil, "serviceips"),
        ("/registry/masterleases/10.0.0.1", "masterleases", nil, "10.0.0.1"),
        ("/registry/cert-manager.io/certificates/web/shop", "certificates.cert-manager.io", "web", "shop"),
        ("/registry/cert-manager.io/clusterissuers/acme", "clusterissuers.cert-manager.io", nil, "acme"),
        (
            "/registry/apiextensions.k8s.io/customresourcedefinitions/a.b.c",
            "customresourcedefinitions.apiextensions.k8s.io", nil, "a.b.c"
        ),
        ("/registry/unheardof/x/y", "unheardof", "x", "y"),
        ("/kubernetes.io/secrets/default/token", "secrets", "default", "token"),
        ("/openshift.io/routes/web/shop", "routes.route.openshift.io", "web", "shop"),
        ("/openshift.io/oauth/clients/console", "oauthclients.oauth.openshift.io", nil, "console"),
        ("/openshift.io/useridentities/htpasswd:me", "identities.user.openshift.io", nil, "htpasswd:me"),
    ])
    func `a key names its object`(_ key: String, resource: String, namespace: String?, name: String) throws {
        let found = try #require(withBytes(key) { KubernetesKey($0) })
        #expect(found.resource.description == resource)
        #expect(found.namespace == namespace)
        #expect(found.name == name)
    }

    @Test(arguments: [
        "compact_rev_key", "/registry", "/registry/", "/registry/health", "/registry/pods/", "/registry/pods//x",
        "/registry//pods/x", "/registry/cert-manager.io", "/registry/cert-manager.io/certificates",
        "/registry/services/specs", "/other/pods/default/x", "registry/pods/default/x", "",
    ])
    func `other keys name none`(_ key: String) {
        // "services/specs" alone reads as an object of that name, as nothing tells it apart.
        let found = withBytes(key) { KubernetesKey($0) }
        #expect(found == nil || key == "/registry/services/specs")
    }

    @Test func `a key of endless length names none`() {
        let name = String(repeating: "x", count: 1000)
        #expect(withBytes("/registry/pods/" + name) { KubernetesKey($0) } != nil)
        #expect(withBytes("/registry/pods/" + name + name) { KubernetesKey($0) } == nil)
    }

    @Test func `bytes that are no text name none`() {
        #expect(withBytes(Array("/registry/pods/default/".utf8) + [0xFF]) { KubernetesKey($0) } == nil)
    }

    @Test(arguments: [("registry", "/registry/"), ("/x/y", "/x/y/"), ("/registry/", "/registry/")])
    func `the prefix may be another`(_ text: String, prefix: String) {
        #expect(KubernetesKey.prefix(from: text) == prefix)
        let key = withBytes(prefix + "pods/default/a") { KubernetesKey($0, prefixes: [prefix]) }
        #expect(key?.name == "a")
        #expect(withBytes("/z/pods/default/a") { KubernetesKey($0, prefixes: [prefix]) } == nil)
    }
}
