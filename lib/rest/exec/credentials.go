package exec

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	v1 "client-go-workbook/lib/rest/exec/clientauthentication/v1"

	"sigs.k8s.io/yaml"
)

const credentialKind = "ExecCredential"

// credentials are a plugin's answer. They don't change.
type credentials struct {
	token   string           `datapolicy:"token"`
	cert    *tls.Certificate // nil if the plugin gave none
	expires time.Time        // zero: not before the server refuses them
	epoch   uint64           // how often the certificate changed before
}

func (c *credentials) expired() bool { return !c.expires.IsZero() && time.Now().After(c.expires) }

func (c *credentials) sameCertificate(o *credentials) bool {
	if c.cert == nil || o.cert == nil {
		return c.cert == o.cert
	}
	return slices.EqualFunc(c.cert.Certificate, o.cert.Certificate, bytes.Equal)
}

// parseAnswer reads an ExecCredential of the given version, in JSON or YAML. Its errors never quote the answer.
func parseAnswer(answer []byte, apiVersion string) (*credentials, error) {
	credential, err := decode(answer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("decoding stdout: %w", err)
	case credential.Kind != credentialKind:
		return nil, fmt.Errorf("exec plugin returned kind %q, expected %q", shorten(credential.Kind), credentialKind)
	case credential.APIVersion != apiVersion:
		return nil, fmt.Errorf("exec plugin is configured to use API version %s, plugin returned version %s",
			apiVersion, shorten(credential.APIVersion))
	case credential.Status == nil:
		return nil, errors.New("exec plugin didn't return a status field")
	}
	return fromStatus(credential.Status)
}

func fromStatus(status *v1.ExecCredentialStatus) (*credentials, error) {
	hasCert, hasKey := status.ClientCertificateData != "", status.ClientKeyData != ""
	switch {
	case status.Token == "" && !hasCert && !hasKey:
		return nil, errors.New("exec plugin didn't return a token or cert/key pair")
	case hasCert != hasKey:
		return nil, errors.New("exec plugin returned only certificate or key, not both")
	}
	creds := &credentials{token: status.Token}
	if status.ExpirationTimestamp != nil {
		creds.expires = status.ExpirationTimestamp.Time
	}
	if hasCert {
		pair, err := tls.X509KeyPair([]byte(status.ClientCertificateData), []byte(status.ClientKeyData))
		if err != nil {
			return nil, fmt.Errorf("failed parsing client key/certificate: %w", err)
		}
		creds.cert = &pair
	}
	return creds, nil
}

func decode(answer []byte) (*v1.ExecCredential, error) {
	answer = bytes.TrimSpace(answer)
	if len(answer) == 0 {
		return nil, errors.New("it is empty")
	}
	if answer[0] != '{' {
		var err error
		if answer, err = yaml.YAMLToJSON(answer); err != nil {
			return nil, errors.New("neither JSON nor YAML") // the parser's own words quote what it couldn't read
		}
	}
	var credential v1.ExecCredential
	if err := json.Unmarshal(answer, &credential); err != nil {
		return nil, describe(err)
	}
	return &credential, nil
}

// describe says where the answer is wrong without quoting it, as the json package does.
func describe(err error) error {
	var syntax *json.SyntaxError
	var field *json.UnmarshalTypeError
	var timestamp *time.ParseError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &field) && field.Field != "":
		return fmt.Errorf("field %s has the wrong type, expected %s", field.Field, field.Type)
	case errors.As(err, &timestamp):
		return errors.New("field status.expirationTimestamp isn't an RFC 3339 time")
	}
	return errors.New("not an ExecCredential")
}

// shorten bounds what is repeated of fields that hold no credential in any sensible answer.
func shorten(s string) string {
	if len(s) > 64 {
		return s[:64] + "…"
	}
	return s
}
