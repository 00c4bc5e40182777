// A webhook as operators run it today, reduced to its floor: net/http over TLS, encoding/json into typed structs, an
// answer. It applies no rule and no default.
package main

import (
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"
	"time"
)

// What an API server sends at most.
const bodyLimit = 3 << 20

func main() {
	listen := flag.String("listen", "127.0.0.1:8443", "address to serve on")
	certificate := flag.String("certificate-file", "", "chain in PEM")
	key := flag.String("private-key-file", "", "private key in PEM")
	flag.Parse()

	mux := http.NewServeMux()
	mux.HandleFunc("/mutate", review)
	server := &http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServeTLS(*certificate, *key))
}

func review(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	var asked AdmissionReview
	if err := json.Unmarshal(body, &asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if asked.Request == nil || asked.Request.UID == "" || asked.Request.Object == nil {
		http.Error(w, "a review needs a request with a uid and an object", http.StatusBadRequest)
		return
	}
	answer, err := json.Marshal(AdmissionReview{
		APIVersion: asked.APIVersion, Kind: asked.Kind,
		Response: &Response{UID: asked.Request.UID, Allowed: asked.Request.Object.Spec.ClusterRef != ""},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}
