package cluster_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test binary plays the control plane too: called by the name of a part, it
// is that part, small and quick.
func TestMain(m *testing.M) {
	if part := filepath.Base(os.Args[0]); !strings.HasSuffix(part, ".test") {
		if err := play(part); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// play is one part: it listens where it is told to. A file
// "break-PART" in its folder makes it fail at once, "stall-PART" listen to nobody.
func play(part string) error {
	if text, err := os.ReadFile("break-" + part); err == nil {
		return fmt.Errorf("first line\n%s", text)
	}
	time.AfterFunc(5*time.Minute, func() { os.Exit(4) }) // outlives no test for long, even a killed one
	args := map[string]string{}
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		args[name] = value
	}
	if part == "embedded" { // "embedded stages"
		fmt.Println("---")
		return nil
	}
	fmt.Println(part, "runs")
	if _, err := os.Stat("stall-" + part); err == nil {
		select {}
	}
	if store := args["--listen-client-urls"]; store != "" {
		return serveStore(strings.TrimPrefix(store, "https://"), args)
	}
	if args["--secure-port"] != "" {
		return serve(args)
	}
	select {}
}

// serveStore is etcd's JSON gateway, for one who shows a certificate: it is at
// revision 7, and appends to the file "compacted" what it is asked to forget. Of
// events it has bert.1, under a lease, and ernie.1, whose lease has just ended.
func serveStore(address string, args map[string]string) error {
	cert, err := tls.LoadX509KeyPair(args["--cert-file"], args["--key-file"])
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(args["--trusted-ca-file"])
	if err != nil {
		return err
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(ca)
	l, err := tls.Listen("tcp", address, &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients,
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v3/kv/range", func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Key []byte }
		_ = json.NewDecoder(r.Body).Decode(&asked)
		leases := map[string]string{"/registry/events/shop/bert.1": "12", "/registry/events/shop/ernie.1": "13"}
		if lease, ok := leases[string(asked.Key)]; ok {
			fmt.Fprintf(w, `{"header":{"revision":"7"},"kvs":[{"lease":%q}],"count":"1"}`, lease)
			return
		}
		fmt.Fprint(w, `{"header":{"revision":"7"},"count":"0"}`)
	})
	mux.HandleFunc("POST /v3/lease/timetolive", func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		if string(asked) == `{"ID":"12"}` {
			fmt.Fprint(w, `{"ID":"12","TTL":"3641","grantedTTL":"3660"}`)
			return
		}
		fmt.Fprint(w, `{"ID":"13","TTL":"-1"}`)
	})
	mux.HandleFunc("POST /v3/kv/compaction", func(w http.ResponseWriter, r *http.Request) {
		if complaint, err := os.ReadFile("refuse-compaction"); err == nil {
			http.Error(w, string(complaint), http.StatusBadRequest)
			return
		}
		asked, _ := io.ReadAll(r.Body)
		if err := os.WriteFile("compacted", asked, 0o600); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return http.Serve(l, mux)
}

// serve answers what a start asks the API server and the scheduler.
func serve(args map[string]string) error {
	cert, err := tls.LoadX509KeyPair(args["--tls-cert-file"], args["--tls-private-key-file"])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", args["--bind-address"]+":"+args["--secure-port"])
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if store := args["--etcd-servers"]; store != "" {
			conn, err := net.Dial("tcp", strings.TrimPrefix(store, "https://"))
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			conn.Close()
		}
	})
	mux.HandleFunc("GET /api/v1/namespaces/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/v1/nodes", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) })
	mux.HandleFunc("GET /api/v1/nodes", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"items":[{"metadata":{"name":"node-1"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}`)
	})
	return http.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}}), mux)
}
