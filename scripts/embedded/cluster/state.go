package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// State is what one start leaves for the next: .workbook/embedded/state.json.
type State struct {
	// Ports outlive a stop, so that addresses that someone has noted stay true.
	Ports    map[string]int `json:"ports"`
	EventTTL string         `json:"eventTTL,omitempty"`
	// Parts are the processes that were started and have not been stopped since.
	// One that no longer runs has crashed.
	Parts map[string]Running `json:"parts"`
}

// Running is a part as it was started.
type Running struct {
	Process
	Fingerprint string `json:"fingerprint"`
}

// LoadState reads the state; a file that is not there is an empty state.
func LoadState(file string) (*State, error) {
	s := &State{}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, s)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the record of the running parts cannot be read: %s: %w", file, err)
	}
	if s.Ports == nil {
		s.Ports = map[string]int{}
	}
	if s.Parts == nil {
		s.Parts = map[string]Running{}
	}
	return s, nil
}

// Save replaces the file in one step: a reader, or a crash, never meets half of it.
func (s *State) Save(file string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(file, append(data, '\n'))
}

// writeFile replaces name in one step by a file that only its owner can read.
func writeFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
