package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// use is what this process has of the cluster, together with all others that
// have it open. Whenever mu is free:
//   - file is locked, for many or for one as alone says, if users > 0;
//   - file is nil otherwise.
var use struct {
	mu    sync.Mutex
	users int
	alone bool
	file  *os.File
}

// ErrInUse is what Alone's error wraps when this very process uses the cluster
// already: it would wait for itself.
var ErrInUse = errors.New("this process uses the cluster already")

// Share waits until nobody has the cluster alone, and then keeps it so until
// release is called. Within a process that uses the cluster already, in
// whatever way, it returns at once.
//
// A process that is started meanwhile by a user of the cluster must not ask for
// it too: if somebody waits to have it alone, all three wait for each other.
func Share(ctx context.Context) (release func(), err error) { return enter(ctx, false) }

// Alone waits until nobody else uses the cluster, in this process or in another,
// and then keeps it so until release is called. Who comes later waits too, so
// that there is an end to it. It fails with ErrInUse, and with ErrNotOurs.
func Alone(ctx context.Context) (release func(), err error) {
	if os.Getenv("CLUSTER") == "existing" {
		return nil, fmt.Errorf("wait for the cluster alone: %w (CLUSTER=existing)", ErrNotOurs)
	}
	return enter(ctx, true)
}

func enter(ctx context.Context, alone bool) (release func(), err error) {
	use.mu.Lock()
	defer use.mu.Unlock()
	switch {
	case use.users > 0 && alone && !use.alone:
		return nil, fmt.Errorf("wait for the cluster alone: %w; ask for this first, and not in a parallel test", ErrInUse)
	case use.users == 0:
		if use.file, err = lockUse(ctx, alone); err != nil {
			return nil, fmt.Errorf("wait for the cluster: %w", err)
		}
		use.alone = alone
	}
	use.users++
	return sync.OnceFunc(leave), nil
}

func leave() {
	use.mu.Lock()
	defer use.mu.Unlock()
	if use.users--; use.users == 0 {
		use.file.Close() // nil on a cluster that isn't ours; it unlocks
		use.file, use.alone = nil, false
	}
}

// lockUse locks the file that stands for the use of the workbook's clusters: one
// file for all of them. Nobody disturbs a cluster that isn't the workbook's own,
// so nothing is locked there.
//
// Whoever waits holds the door meanwhile. Without it a process that wants the
// cluster alone might never meet the moment when the last of many users leaves.
func lockUse(ctx context.Context, alone bool) (*os.File, error) {
	if os.Getenv("CLUSTER") == "existing" {
		return nil, nil
	}
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, ".workbook")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	door, err := flock(ctx, filepath.Join(dir, "use.door"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer door.Close()
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	return flock(ctx, filepath.Join(dir, "use.lock"), how)
}

// flock waits for a lock on the file. The kernel drops it with the process: none
// is ever left behind.
func flock(ctx context.Context, name string, how int) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) // close-on-exec: children don't inherit it
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
