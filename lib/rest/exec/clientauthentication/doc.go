// Package clientauthentication is the protocol between a client and its exec plugin.
//
//	client ── KUBERNETES_EXEC_INFO={"kind":"ExecCredential","apiVersion":…,"spec":{"interactive":…,"cluster":…}} ─▶ plugin
//	       ◀─ stdout: {"kind":"ExecCredential","apiVersion":…,"status":{"token":…,"expirationTimestamp":…}} ──────
//
// The packages v1 and v1beta1 beneath it hold what goes over the wire; here is the client's own view of the cluster.
//
// Upstream: pkg/apis/clientauthentication.
// Left out: the internal ExecCredential and its conversions; the wire's forms are alike and serve both sides.
package clientauthentication
