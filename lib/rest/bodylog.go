package rest

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/rest/transport"
)

// logBody logs what was sent or received from verbosity 8 on: the first 1 KiB, 10 KiB at 9, all at 10. Bodies
// that hold credentials are only counted, at any verbosity.
func (r *Request) logBody(ctx context.Context, message string, data []byte) {
	logger := klog.FromContext(ctx)
	if !logger.V(8).Enabled() || data == nil {
		return
	}
	if transport.HoldsCredentials(r.target.path()) {
		logger.V(8).Info(message, "body", fmt.Sprintf("[%d bytes withheld, they may hold credentials]", len(data)))
		return
	}
	logger.V(8).Info(message, "body", printable(data, bodyLimit(logger)))
}

func bodyLimit(logger klog.Logger) int {
	switch {
	case logger.V(10).Enabled():
		return -1
	case logger.V(9).Enabled():
		return 10 << 10
	default:
		return 1 << 10
	}
}

// printable returns the first limit bytes of data, or all if limit is negative: as text, or as a hex dump if
// there are control characters in them.
func printable(data []byte, limit int) string {
	cut := ""
	if limit >= 0 && len(data) > limit {
		cut = fmt.Sprintf(" [truncated %d bytes]", len(data)-limit)
		data = data[:limit]
	}
	if bytes.ContainsFunc(data, func(c rune) bool { return c < '\t' }) {
		return hex.Dump(data) + cut
	}
	return string(data) + cut
}
