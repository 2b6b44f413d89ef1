// Package workbook finds the repository and its cluster.
package workbook

import (
	"context"
	"errors"
	"os"
	"path/filepath"

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

// Reach says whether the workbook's cluster is configured and takes a connection. All else the tests will find out.
func Reach(context.Context) error {
	_, err := cluster.Config()
	return err
}
