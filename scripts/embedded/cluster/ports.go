package cluster

import (
	"fmt"
	"net"
	"strconv"
)

// host is the only address that anything here listens on.
const host = "127.0.0.1"

// freePorts gives each name a port of its own on the loopback address: the one
// in had if it is free, else another, which had then holds.
func freePorts(had map[string]int, names ...string) error {
	for _, name := range names {
		l, err := listen(had[name])
		if err != nil {
			l, err = listen(0)
		}
		if err != nil {
			return fmt.Errorf("find a free port for %s: %w", name, err)
		}
		defer l.Close() // held until all are chosen: no two alike
		had[name] = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp4", net.JoinHostPort(host, strconv.Itoa(port)))
}

func portFree(port int) error {
	l, err := listen(port)
	if err != nil {
		return err
	}
	return l.Close()
}
