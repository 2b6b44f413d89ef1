package cluster_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/scripts/embedded/cluster"
)

// newPKI has a clock that a test can move, and a list of what was made anew.
func newPKI(t *testing.T) (pki *cluster.PKI, now *time.Time, renewed *[]string) {
	now, renewed = new(time.Time), new([]string)
	*now = time.Now()
	pki = &cluster.PKI{
		Dir:     t.TempDir(),
		Now:     func() time.Time { return *now },
		Renewed: func(name string, _ error) { *renewed = append(*renewed, name) },
	}
	require.NoError(t, pki.Ensure())
	require.Empty(t, *renewed)
	return pki, now, renewed
}

func readCert(t *testing.T, pki *cluster.PKI, name string) *x509.Certificate {
	t.Helper()
	data, err := os.ReadFile(pki.File(name + ".crt"))
	require.NoError(t, err)
	block, _ := pem.Decode(data)
	require.NotNil(t, block)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return cert
}

func TestCertificatesAreGoodForWhatTheyAreFor(t *testing.T) {
	pki, _, _ := newPKI(t)
	trust := func(ca string) *x509.CertPool {
		pool := x509.NewCertPool()
		pool.AddCert(readCert(t, pki, ca))
		return pool
	}
	verify := func(name, ca string, usage x509.ExtKeyUsage) error {
		_, err := readCert(t, pki, name).Verify(x509.VerifyOptions{Roots: trust(ca), KeyUsages: []x509.ExtKeyUsage{usage}})
		return err
	}
	require.NoError(t, verify("server", "ca", x509.ExtKeyUsageServerAuth))
	require.NoError(t, readCert(t, pki, "server").VerifyHostname("127.0.0.1"))
	require.NoError(t, readCert(t, pki, "server").VerifyHostname("localhost"))
	require.NoError(t, verify("admin", "ca", x509.ExtKeyUsageClientAuth))
	require.Error(t, verify("admin", "ca", x509.ExtKeyUsageServerAuth), "a client can't pose as the server")
	require.Error(t, verify("admin", "etcd-ca", x509.ExtKeyUsageClientAuth), "an API user can't open the store")
	require.NoError(t, verify("etcd-client", "etcd-ca", x509.ExtKeyUsageClientAuth))
	require.Equal(t, []string{"system:masters"}, readCert(t, pki, "admin").Subject.Organization)
}

func TestWhatIsGoodIsKept(t *testing.T) {
	pki, now, renewed := newPKI(t)
	before := readCert(t, pki, "admin")
	token, err := pki.Token()
	require.NoError(t, err)
	require.Greater(t, len(token), 40)

	*now = now.Add(300 * 24 * time.Hour)
	require.NoError(t, pki.Ensure())
	require.Empty(t, *renewed)
	require.True(t, before.Equal(readCert(t, pki, "admin")))
	again, err := pki.Token()
	require.NoError(t, err)
	require.Equal(t, token, again)
}

func TestCertificatesAreRenewedBeforeTheirEnd(t *testing.T) {
	pki, now, renewed := newPKI(t)
	authority := readCert(t, pki, "ca")
	*now = now.Add(340 * 24 * time.Hour)
	require.NoError(t, pki.Ensure())
	require.Contains(t, *renewed, "admin")
	require.NotContains(t, *renewed, "ca")
	require.True(t, authority.Equal(readCert(t, pki, "ca")))
	require.True(t, readCert(t, pki, "admin").NotAfter.After(now.Add(360*24*time.Hour)))
}

func TestANewAuthorityMeansNewCertificates(t *testing.T) {
	pki, now, renewed := newPKI(t)
	*now = now.Add(11 * 365 * 24 * time.Hour)
	require.NoError(t, pki.Ensure())
	require.Contains(t, *renewed, "ca")
	require.NoError(t, readCert(t, pki, "server").CheckSignatureFrom(readCert(t, pki, "ca")))

	*renewed = nil
	require.NoError(t, os.WriteFile(pki.File("ca.key"), []byte("nonsense"), 0o600))
	require.NoError(t, pki.Ensure())
	slices.Sort(*renewed)
	require.Equal(t, []string{"admin", "ca", "controller-manager", "kwok", "scheduler", "server"}, *renewed)
}

func TestDamagedFilesAreMadeAnew(t *testing.T) {
	for file, name := range map[string]string{
		"admin.crt": "admin", "server.key": "server", "etcd.crt": "etcd", "sa.key": "sa", "tokens.csv": "token",
	} {
		t.Run(file, func(t *testing.T) {
			pki, _, renewed := newPKI(t)
			require.NoError(t, os.WriteFile(pki.File(file), []byte("nonsense"), 0o600))
			require.NoError(t, pki.Ensure())
			require.Equal(t, []string{name}, *renewed)
			*renewed = nil
			require.NoError(t, pki.Ensure())
			require.Empty(t, *renewed)
		})
	}

	t.Run("a key of another certificate", func(t *testing.T) {
		pki, _, renewed := newPKI(t)
		key, err := os.ReadFile(pki.File("kwok.key"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(pki.File("admin.key"), key, 0o600))
		require.NoError(t, pki.Ensure())
		require.Equal(t, []string{"admin"}, *renewed)
	})
}

func TestErrorsAboutTheTokenDoNotTellIt(t *testing.T) {
	pki, _, _ := newPKI(t)
	require.NoError(t, os.WriteFile(pki.File("tokens.csv"), []byte(strings.Repeat("s3cret", 10)), 0o600))
	_, err := pki.Token()
	require.Error(t, err)
	require.NotContains(t, err.Error(), "s3cret")
}
