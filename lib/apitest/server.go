package apitest

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/version"
)

// Config says what a Server is like. The zero value is a plain HTTP server of the built-in kinds.
type Config struct {
	Scheme    *runtime.Scheme // the Go types of the kinds; nil: those of Builtin
	Resources []Resource      // nil: Builtin()

	TLS      bool // HTTPS with HTTP/2; Server.CA is whom to trust
	InMemory bool // no sockets: connect by Server.Dial. The only form that works inside a synctest bubble

	LegacyDiscovery bool         // no aggregated discovery, as before Kubernetes 1.26
	Version         version.Info // zero: v1.37.2
}

// Server is a Kubernetes API server in memory. All methods may be called from any goroutine.
type Server struct {
	URL string // "http://127.0.0.1:port", without a slash at the end
	CA  []byte // PEM; nil without TLS

	config   Config
	codecs   serializer.CodecFactory
	kinds    []*kind
	store    *store
	http     *httptest.Server
	pipes    *pipeListener // nil unless InMemory
	handlers sync.WaitGroup

	mu       sync.Mutex
	closed   bool // then handlers only goes down
	requests []*Request
	faults   []*Fault
	down     map[schema.GroupVersion]bool
}

// Start runs a Server until the test ends. A Config that New refuses fails the test.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// New runs a Server until Close. The error names a Resource that can't be served.
func New(config Config) (*Server, error) {
	if config.Resources == nil {
		config.Resources = Builtin()
	}
	if config.Scheme == nil {
		config.Scheme = builtinScheme()
	}
	if config.Version.GitVersion == "" {
		config.Version = version.Info{Major: "1", Minor: "37", GitVersion: "v1.37.2"}
	}
	s := &Server{
		config: config,
		codecs: serializer.NewCodecFactory(config.Scheme),
		store:  newStore(),
		down:   map[schema.GroupVersion]bool{},
	}
	for _, r := range config.Resources {
		if err := s.add(r); err != nil {
			return nil, err
		}
	}
	s.listen()
	return s, nil
}

func (s *Server) add(r Resource) error {
	if r.Plural == "" || r.Kind == "" || r.Version == "" {
		return fmt.Errorf("serve %v: a resource needs a version, a kind and a plural", r.GroupVersionKind)
	}
	if s.lookup(r.GroupVersionResource()) != nil {
		return fmt.Errorf("serve %v: it is there twice", r.GroupVersionResource())
	}
	k := newKind(r, s.config.Scheme)
	if _, err := meta.Accessor(k.empty); err != nil {
		return fmt.Errorf("serve %v: %w", r.GroupVersionKind, err)
	}
	s.kinds = append(s.kinds, k)
	return nil
}

func (s *Server) listen() {
	s.http = httptest.NewUnstartedServer(s)
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // broken connections are what tests are about
	if s.config.InMemory {
		s.pipes = newPipeListener()
		_ = s.http.Listener.Close()
		s.http.Listener = s.pipes
	}
	if s.config.TLS {
		s.http.EnableHTTP2 = true
		s.http.StartTLS()
		s.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.http.Certificate().Raw})
	} else {
		s.http.Start()
	}
	s.URL = s.http.URL
	if s.pipes != nil {
		s.http.Client().Transport.(*http.Transport).DialContext = s.pipes.dial
	}
}

// Close breaks all streams and connections, and returns when every handler has returned.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	_ = s.http.Config.Close() // ends the context of every request, also of those whose client does not read
	s.http.Close()
	s.handlers.Wait()
}

// enter counts a handler that begins, unless the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.handlers.Add(1)
	}
	return !s.closed
}

// Client returns an http.Client that reaches the server and trusts it. Close closes its connections.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Dial connects to a server that is InMemory, whatever the address; else to the address.
func (s *Server) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.pipes != nil {
		return s.pipes.dial(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// Requests returns all requests so far, in the order of arrival.
func (s *Server) Requests() []*Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// SetDown makes a group version fail, or work again: 503 for its resources and its discovery document,
// "Stale" in aggregated discovery. This is how an extension API server looks whose backend is away.
func (s *Server) SetDown(gv schema.GroupVersion, down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down[gv] = down
}

func (s *Server) isDown(gv schema.GroupVersion) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down[gv]
}

// ServeHTTP reads and records a request, then lets a fault or a handler answer it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.handlers.Done()
	req, err := s.read(r)
	if err != nil {
		writeError(w, r, err)
		return
	}
	serve := func(w http.ResponseWriter) { s.serve(w, req) }
	if effect := s.record(req); effect != nil {
		effect(w, req, serve)
		return
	}
	serve(w)
}

// serve answers a request as a healthy server does.
func (s *Server) serve(w http.ResponseWriter, r *Request) {
	if r.kind == nil {
		s.serveNonResource(w, r)
		return
	}
	if err := s.serveResource(w, r); err != nil {
		writeError(w, r.Request, err)
	}
}

// serveResource returns an error only if it has not written anything yet.
func (s *Server) serveResource(w http.ResponseWriter, r *Request) error {
	e, err := negotiate(r.Request, r.kind.binary)
	if err != nil {
		return err
	}
	if s.isDown(r.kind.GroupVersion()) {
		return backendAway(r.kind.GroupVersion())
	}
	if r.Subresource != "" && !(r.Subresource == "status" && r.kind.Status) {
		return apierrors.NewNotFound(r.kind.groupResource(), r.Name+"/"+r.Subresource)
	}
	if !r.allowed() {
		return apierrors.NewMethodNotSupported(r.kind.groupResource(), r.Verb)
	}
	switch r.Verb {
	case "get":
		return s.serveGet(w, r, e)
	case "list":
		return s.serveList(w, r, e)
	case "watch":
		return s.serveWatch(w, r, e)
	case "create":
		return s.serveCreate(w, r, e)
	case "update":
		return s.serveUpdate(w, r, e)
	case "patch":
		return s.servePatch(w, r, e)
	case "delete":
		return s.serveDelete(w, r, e)
	case "deletecollection":
		return s.serveDeleteCollection(w, r, e)
	}
	return apierrors.NewMethodNotSupported(r.kind.groupResource(), r.Verb)
}

// write sends a whole document.
func write(w http.ResponseWriter, e encoding, code int, document []byte) {
	w.Header().Set("Content-Type", e.contentType())
	w.WriteHeader(code)
	_, _ = w.Write(document) // the client may have gone
}

func writeRevision(w http.ResponseWriter, e encoding, code int, r *revision) error {
	document, err := r.document(e)
	if err != nil {
		return err
	}
	write(w, e, code, document)
	return nil
}

// writeObject sends what is not in the store.
func writeObject(w http.ResponseWriter, r *Request, obj runtime.Object) {
	e, err := negotiate(r.Request, true)
	if err != nil {
		writeError(w, r.Request, err)
		return
	}
	document, err := encode(e, obj)
	if err != nil {
		writeError(w, r.Request, err)
		return
	}
	write(w, e, http.StatusOK, document)
}

// writeError sends a Status in the encoding that the client prefers; JSON if it accepts none.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	e, _ := negotiate(r, true)
	status := statusOf(err)
	if d := status.Details; d != nil && d.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(d.RetryAfterSeconds)))
	}
	document, err := encode(e, status)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, e, int(status.Code), document)
}
