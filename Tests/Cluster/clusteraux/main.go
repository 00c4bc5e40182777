// clusteraux: what a single-machine test cluster needs besides Kubernetes
// itself: a DNS server for services and StatefulSet pods (CoreDNS is not in
// Debian) that follows the API server's watches, and a TCP forwarder that
// makes the loopback API server reachable from the node's network.
// Built inside the Kubernetes source tree, from its vendored libraries only.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const ttl = 1

type server struct {
	zone string // "cluster.local."
	svcs corelisters.ServiceLister
	eps  corelisters.EndpointsLister
	nss  corelisters.NamespaceLister
}

func hostOf(a v1.EndpointAddress) string {
	if a.Hostname != "" {
		return strings.ToLower(a.Hostname)
	}
	return strings.ReplaceAll(a.IP, ".", "-")
}

// lookup answers with the records of name and whether the name exists.
func (s *server) lookup(name string, qtype uint16) (rrs []dns.RR, exists bool) {
	hdr := func(n string, t uint16) dns.RR_Header {
		return dns.RR_Header{Name: n, Rrtype: t, Class: dns.ClassINET, Ttl: ttl}
	}
	addA := func(ip string) {
		p := net.ParseIP(ip).To4()
		if p != nil && (qtype == dns.TypeA || qtype == dns.TypeANY) {
			rrs = append(rrs, &dns.A{Hdr: hdr(name, dns.TypeA), A: p})
		}
	}
	lower := strings.ToLower(name)
	if strings.HasSuffix(lower, ".in-addr.arpa.") {
		l := strings.Split(strings.TrimSuffix(lower, ".in-addr.arpa."), ".")
		if len(l) != 4 {
			return nil, false
		}
		ip := l[3] + "." + l[2] + "." + l[1] + "." + l[0]
		add := func(target string) {
			exists = true
			if qtype == dns.TypePTR || qtype == dns.TypeANY {
				rrs = append(rrs, &dns.PTR{Hdr: hdr(name, dns.TypePTR), Ptr: target})
			}
		}
		svcs, _ := s.svcs.List(labels.Everything())
		for _, x := range svcs {
			if x.Spec.ClusterIP == ip {
				add(x.Name + "." + x.Namespace + ".svc." + s.zone)
			}
		}
		eps, _ := s.eps.List(labels.Everything())
		for _, e := range eps {
			if sv, err := s.svcs.Services(e.Namespace).Get(e.Name); err != nil || sv.Spec.ClusterIP != v1.ClusterIPNone {
				continue
			}
			for _, ss := range e.Subsets {
				for _, a := range ss.Addresses {
					if a.IP == ip {
						add(hostOf(a) + "." + e.Name + "." + e.Namespace + ".svc." + s.zone)
					}
				}
			}
		}
		return rrs, exists
	}
	if lower == s.zone || lower == "svc."+s.zone || lower == "pod."+s.zone {
		return nil, true
	}
	if !strings.HasSuffix(lower, "."+s.zone) {
		return nil, false
	}
	l := strings.Split(strings.TrimSuffix(lower, "."+s.zone), ".")
	n := len(l)
	if l[n-1] == "pod" {
		if n == 3 {
			if ip := net.ParseIP(strings.ReplaceAll(l[0], "-", ".")); ip != nil {
				addA(ip.String())
				return rrs, true
			}
		}
		return nil, false
	}
	if l[n-1] != "svc" || n < 2 {
		return nil, false
	}
	if n == 2 {
		_, err := s.nss.Get(l[0])
		return nil, err == nil
	}
	svcName, ns := l[n-3], l[n-2]
	svc, err := s.svcs.Services(ns).Get(svcName)
	if err != nil {
		return nil, false
	}
	base := svcName + "." + ns + ".svc." + s.zone
	ep, _ := s.eps.Endpoints(ns).Get(svcName)
	rest := l[:n-3]
	if svc.Spec.Type == v1.ServiceTypeExternalName {
		if len(rest) == 0 {
			return []dns.RR{&dns.CNAME{Hdr: hdr(name, dns.TypeCNAME), Target: dns.Fqdn(svc.Spec.ExternalName)}}, true
		}
		return nil, false
	}
	headless := svc.Spec.ClusterIP == v1.ClusterIPNone
	switch {
	case len(rest) == 0 && !headless:
		addA(svc.Spec.ClusterIP)
		return rrs, true
	case len(rest) == 0:
		if ep != nil {
			for _, ss := range ep.Subsets {
				for _, a := range ss.Addresses {
					addA(a.IP)
					exists = true
				}
			}
		}
		return rrs, exists
	case len(rest) == 1 && ep != nil: // one pod of a headless service
		for _, ss := range ep.Subsets {
			for _, a := range ss.Addresses {
				if hostOf(a) == rest[0] {
					addA(a.IP)
					exists = true
				}
			}
		}
		return rrs, exists
	case len(rest) == 2 && strings.HasPrefix(rest[0], "_") && strings.HasPrefix(rest[1], "_"):
		port, proto := rest[0][1:], rest[1][1:]
		srv := func(p int32, target string) {
			exists = true
			if qtype == dns.TypeSRV || qtype == dns.TypeANY {
				rrs = append(rrs, &dns.SRV{Hdr: hdr(name, dns.TypeSRV), Weight: 100, Port: uint16(p), Target: target})
			}
		}
		if !headless {
			for _, p := range svc.Spec.Ports {
				if p.Name == port && strings.ToLower(string(p.Protocol)) == proto {
					srv(p.Port, base)
				}
			}
		} else if ep != nil {
			for _, ss := range ep.Subsets {
				for _, p := range ss.Ports {
					if p.Name == port && strings.ToLower(string(p.Protocol)) == proto {
						for _, a := range ss.Addresses {
							srv(p.Port, hostOf(a)+"."+base)
						}
					}
				}
			}
		}
		return rrs, exists
	}
	return nil, false
}

func (s *server) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	m := new(dns.Msg)
	m.SetReply(r)
	m.Authoritative = true
	m.RecursionAvailable = true
	if len(r.Question) == 1 {
		q := r.Question[0]
		rrs, exists := s.lookup(q.Name, q.Qtype)
		m.Answer = rrs
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
		if len(rrs) == 0 {
			m.Ns = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: s.zone, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: ttl},
				Ns: "ns.dns." + s.zone, Mbox: "hostmaster." + s.zone, Serial: uint32(time.Now().Unix()), Refresh: 60, Retry: 60, Expire: 60, Minttl: ttl}}
		}
	}
	if _, ok := w.RemoteAddr().(*net.UDPAddr); ok {
		size := 512
		if o := r.IsEdns0(); o != nil {
			size = int(o.UDPSize())
		}
		if m.Compress = true; m.Len() > size {
			m.Truncated, m.Answer, m.Ns = true, nil, nil
		}
	}
	_ = w.WriteMsg(m)
}

func forward(from, to string) {
	l, err := net.Listen("tcp", from)
	if err != nil {
		log.Fatalf("forward: %v", err)
	}
	log.Printf("forwarding %s to %s", from, to)
	for {
		c, err := l.Accept()
		if err != nil {
			log.Printf("accept: %v", err)
			time.Sleep(time.Second)
			continue
		}
		go func() {
			defer c.Close()
			d, err := net.DialTimeout("tcp", to, 5*time.Second)
			if err != nil {
				return
			}
			defer d.Close()
			done := make(chan struct{}, 2)
			cp := func(a, b net.Conn) {
				_, _ = io.Copy(a, b)
				if t, ok := a.(*net.TCPConn); ok {
					_ = t.CloseWrite()
				}
				done <- struct{}{}
			}
			go cp(c, d)
			go cp(d, c)
			<-done
			<-done
		}()
	}
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig for the DNS watches")
	dnsAddr := flag.String("dns", "", "address:port to serve DNS on")
	zone := flag.String("zone", "cluster.local", "cluster domain")
	fwd := flag.String("forward", "", "FROM=TO[,FROM=TO...] TCP forwards")
	flag.Parse()
	for _, f := range strings.Split(*fwd, ",") {
		if p := strings.SplitN(f, "=", 2); len(p) == 2 {
			go forward(p[0], p[1])
		}
	}
	if *dnsAddr != "" {
		cfg, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
		if err != nil {
			log.Fatal(err)
		}
		f := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(cfg), 0)
		s := &server{zone: dns.Fqdn(*zone), svcs: f.Core().V1().Services().Lister(),
			eps: f.Core().V1().Endpoints().Lister(), nss: f.Core().V1().Namespaces().Lister()}
		syncs := []cache.InformerSynced{f.Core().V1().Services().Informer().HasSynced,
			f.Core().V1().Endpoints().Informer().HasSynced, f.Core().V1().Namespaces().Informer().HasSynced}
		ctx := context.Background()
		f.Start(ctx.Done())
		if !cache.WaitForCacheSync(ctx.Done(), syncs...) {
			log.Fatal("no cache sync")
		}
		for _, n := range []string{"udp", "tcp"} {
			go func(n string) {
				log.Fatal(fmt.Errorf("dns/%s: %v", n, (&dns.Server{Addr: *dnsAddr, Net: n, Handler: s}).ListenAndServe()))
			}(n)
		}
		log.Printf("serving DNS for %s on %s", s.zone, *dnsAddr)
	}
	select {}
}
