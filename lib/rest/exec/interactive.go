package exec

import (
	"errors"
	"fmt"
	"os"

	"client-go-workbook/lib/clientcmd/api"
)

// wantsStdin says whether the plugin gets standard input. The error says why a plugin that needs it can't have it.
func wantsStdin(config *api.ExecConfig, stdin *os.File) (bool, error) {
	switch config.InteractiveMode {
	case api.IfAvailableExecInteractiveMode:
		return !config.StdinUnavailable && isTerminal(stdin), nil
	case api.AlwaysExecInteractiveMode:
		return true, stdinError(config, stdin)
	}
	return false, nil
}

func stdinError(config *api.ExecConfig, stdin *os.File) error {
	switch {
	case !isTerminal(stdin):
		return errors.New("standard input is not a terminal")
	case config.StdinUnavailable && config.StdinUnavailableMessage != "":
		return fmt.Errorf("standard input is unavailable: %s", config.StdinUnavailableMessage)
	case config.StdinUnavailable:
		return errors.New("standard input is unavailable")
	}
	return nil
}

// isTerminal says whether somebody may be typing: f is a character device and not the null device, which is what
// programs without a terminal are given. To ask the kernel takes a package for each operating system,
// golang.org/x/term, and tells apart no more than devices that nobody has as standard input.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
