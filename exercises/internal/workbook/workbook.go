// Package workbook finds the repository and its cluster.
package workbook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"client-go-workbook/lib/cluster"
)

// Root returns the folder of the repository: the nearest one above the working directory with exercises and solutions.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if isDir(filepath.Join(dir, "exercises")) && isDir(filepath.Join(dir, "solutions")) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("not in the workbook: no folder above has exercises and solutions in it")
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Reach says whether the workbook's cluster can be reached: whether it is configured, and its port takes a connection.
// All else the tests will find out.
func Reach(ctx context.Context) error {
	cfg, err := cluster.Config()
	if err != nil {
		return err
	}
	u, err := url.Parse(cfg.Host)
	if err != nil {
		return fmt.Errorf("the cluster's address: %w", err)
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return fmt.Errorf("the cluster doesn't answer: %w", err)
	}
	return conn.Close()
}
