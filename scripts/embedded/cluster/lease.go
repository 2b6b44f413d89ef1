package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Lease is what the store has promised for a key: it removes the key when Left is over.
type Lease struct {
	Granted, Left time.Duration // whole seconds
}

// EventLease asks the store how long it keeps an Event. The API server puts each
// under a lease; nobody sees it through the API.
func (c *Cluster) EventLease(ctx context.Context, namespace, name string) (lease Lease, err error) {
	err = c.locked(ctx, func(s *State) error {
		if err := c.running(s, "etcd"); err != nil {
			return err
		}
		etcd, err := newClient(url(s.Ports[portEtcd]), c.pki, "etcd-client", "etcd-ca")
		if err != nil {
			return err
		}
		defer etcd.close()
		id, err := leaseOf(ctx, etcd, "/registry/events/"+namespace+"/"+name)
		if err == nil {
			lease, err = timeToLive(ctx, etcd, id)
		}
		if err != nil {
			return fmt.Errorf("ask etcd for the lease of event %q in namespace %q: %w", name, namespace, err)
		}
		return nil
	})
	return lease, err
}

// leaseOf returns the number of the key's lease: JSON has it as a string.
func leaseOf(ctx context.Context, etcd *api, key string) (string, error) {
	asked, err := json.Marshal(map[string][]byte{"key": []byte(key)}) // in base64, as the gateway wants it
	if err != nil {
		return "", err
	}
	var found struct{ Kvs []struct{ Lease string } }
	if err := etcd.do(ctx, http.MethodPost, "/v3/kv/range", asked, &found); err != nil {
		return "", err
	}
	switch {
	case len(found.Kvs) == 0:
		return "", errors.New("it is not there")
	case found.Kvs[0].Lease == "":
		return "", errors.New("it has none")
	}
	return found.Kvs[0].Lease, nil
}

func timeToLive(ctx context.Context, etcd *api, id string) (Lease, error) {
	asked, err := json.Marshal(map[string]string{"ID": id})
	if err != nil {
		return Lease{}, err
	}
	var answer struct{ GrantedTTL, TTL string }
	if err := etcd.do(ctx, http.MethodPost, "/v3/lease/timetolive", asked, &answer); err != nil {
		return Lease{}, err
	}
	granted, err := strconv.Atoi(answer.GrantedTTL)
	if err != nil {
		return Lease{}, fmt.Errorf("lease %s has ended", id)
	}
	left, _ := strconv.Atoi(answer.TTL) // left out when it is 0
	return Lease{time.Duration(granted) * time.Second, time.Duration(left) * time.Second}, nil
}
