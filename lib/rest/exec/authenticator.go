package exec

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"reflect"
	"slices"
	"sync"
	"time"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec/clientauthentication"
	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/connrotation"
)

// Authenticator keeps the credentials that a plugin gave, and runs it again when they end or are refused.
// Whenever mu is free:
//   - creds is the plugin's last good answer;
//   - run is set exactly while the plugin runs, so that it never runs twice at once.
type Authenticator struct {
	plugin plugin
	conns  *connrotation.ConnectionTracker // of all clients that use the plugin's certificate
	// The holders are the same for all transports of the authenticator, so that their configs are equal and cached.
	getCert *transport.GetCertHolder
	dial    *transport.DialHolder

	mu    sync.Mutex
	creds *credentials // nil until the plugin ran with success
	run   *run
}

// String names the plugin. Config and credentials hold secrets.
func (a *Authenticator) String() string {
	return fmt.Sprintf("exec.Authenticator(%s)", a.plugin.config.Command)
}

// GoString is String, because %#v would show the fields.
func (a *Authenticator) GoString() string { return a.String() }

// run is one run of the plugin. Its result may be read once done is closed.
type run struct {
	done  chan struct{}
	creds *credentials
	err   error
}

// GetAuthenticator returns the authenticator of config and cluster. Equal arguments, cluster included, give the same
// one. The plugin doesn't run before a request needs it. The error says what in config is wrong.
func GetAuthenticator(config *api.ExecConfig, cluster *clientauthentication.Cluster) (*Authenticator, error) {
	if err := validate(config); err != nil {
		return nil, err
	}
	return authenticators.get(config, cluster), nil
}

// authenticators are all that this process made.
var authenticators registry

// registry finds an authenticator by what it was made from. A program uses few plugins, so it compares one by one: a
// key made of a config would have to name each of its fields, and would be wrong as soon as one is added.
type registry struct {
	mu  sync.Mutex
	all []*Authenticator
}

func (r *registry) get(config *api.ExecConfig, cluster *clientauthentication.Cluster) *Authenticator {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.all {
		if reflect.DeepEqual(a.plugin.config, config) && reflect.DeepEqual(a.plugin.cluster, cluster) {
			return a
		}
	}
	a := newAuthenticator(config, cluster)
	r.all = append(r.all, a)
	return a
}

func newAuthenticator(config *api.ExecConfig, cluster *clientauthentication.Cluster) *Authenticator {
	a := &Authenticator{
		plugin: newPlugin(config.DeepCopy(), copyCluster(cluster)),
		conns:  connrotation.NewConnectionTracker(),
	}
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	a.dial = a.tracked(dialer.DialContext)
	a.getCert = &transport.GetCertHolder{GetCert: a.certificate}
	return a
}

func copyCluster(cluster *clientauthentication.Cluster) *clientauthentication.Cluster {
	if cluster == nil {
		return nil
	}
	c := *cluster
	c.CertificateAuthorityData = slices.Clone(c.CertificateAuthorityData)
	if c.Config != nil {
		c.Config = c.Config.DeepCopyObject()
	}
	return &c
}

func (a *Authenticator) tracked(dial connrotation.DialFunc) *transport.DialHolder {
	return &transport.DialHolder{Dial: connrotation.NewDialerWithTracker(dial, a.conns).DialContext}
}

// UpdateTransportConfig makes c use the plugin's credentials, unless c has a token, a user name or a client certificate
// already: then the plugin is not to run at all. A dial function in c stays in use, but makes its transport
// uncacheable.
func (a *Authenticator) UpdateTransportConfig(c *transport.Config) error {
	switch {
	case c.HasTokenAuth() || c.HasBasicAuth() || c.HasCertAuth():
		return nil
	case c.HasCertCallback():
		return errors.New("exec plugin: the transport's config has a certificate callback already")
	case c.DialHolder == nil:
		c.DialHolder = a.dial
	case c.DialHolder.Dial == nil:
		return errors.New("exec plugin: the transport's DialHolder holds no function")
	default:
		c.DialHolder = a.tracked(c.DialHolder.Dial)
	}
	c.TLS.GetCertHolder = a.getCert
	c.Wrap(a.wrap)
	return nil
}

// certificate is called at each TLS handshake. The request that it is for made sure that there are fresh credentials,
// so the plugin doesn't run here, but for a transport that is used without its round tripper.
func (a *Authenticator) certificate() (*tls.Certificate, error) {
	creds, err := a.get(context.Background())
	if err != nil {
		return nil, err
	}
	return creds.cert, nil
}

// get returns credentials that haven't ended. If the plugin must run for them, it waits until that is done, or ctx.
func (a *Authenticator) get(ctx context.Context) (*credentials, error) {
	a.mu.Lock()
	if a.creds != nil && !a.creds.expired() {
		defer a.mu.Unlock()
		return a.creds, nil
	}
	r := a.startLocked()
	a.mu.Unlock()
	return r.wait(ctx)
}

// refresh replaces credentials that the server refused, unless that has happened already.
func (a *Authenticator) refresh(ctx context.Context, refused *credentials) error {
	a.mu.Lock()
	if a.creds != refused {
		a.mu.Unlock()
		return nil
	}
	r := a.startLocked()
	a.mu.Unlock()
	_, err := r.wait(ctx)
	return err
}

// startLocked runs the plugin, or joins the run that is under way.
func (a *Authenticator) startLocked() *run {
	if a.run == nil {
		a.run = &run{done: make(chan struct{})}
		go a.finish(a.run)
	}
	return a.run
}

func (a *Authenticator) finish(r *run) {
	defer close(r.done)
	r.creds, r.err = a.plugin.run()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.run = nil
	if r.err != nil {
		return
	}
	if old := a.creds; old != nil {
		r.creds.epoch = old.epoch
		// While nobody can get the new credentials, so that what is closed was opened with the old ones. A new token
		// closes nothing: it travels with each request.
		if !old.sameCertificate(r.creds) {
			r.creds.epoch++
			a.conns.CloseAll()
		}
	}
	a.creds = r.creds
}

func (r *run) wait(ctx context.Context) (*credentials, error) {
	select {
	case <-r.done:
		return r.creds, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for exec plugin: %w", context.Cause(ctx))
	}
}
