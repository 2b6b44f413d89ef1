package demo

import (
	"strings"

	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"
)

// Logger returns a logger that notes each line, without the time and the place where it
// was logged, in one cell.
func (j *Journal) Logger() klog.Logger {
	return textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(lines{j})))
}

// lines notes what is written to it, a line each time.
type lines struct{ journal *Journal }

func (l lines) Write(line []byte) (int, error) {
	_, message, found := strings.Cut(string(line), "] ") // behind "I1123 11:38:07.123456     812 event.go:41"
	if !found {
		message = string(line)
	}
	l.journal.Note(strings.TrimSpace(message))
	return len(line), nil
}
