// Package limits knows what the API server takes for an event, whichever of the two APIs it goes to.
//
//	what has it        what the server takes       what a recorder does
//	name               DNS-1123 subdomain, ≤ 253   UniqueEventName: "<object>.<time in hex>", or a random name
//	type               Normal or Warning           refuses others: ValidateEventType
//	namespace          that of the object          takes it from the object; "default" if it has none
//	reason, message    as long as you like in v1   nothing: only events with an eventTime are limited
//
// Upstream: tools/record/util/util.go.
// Left out: IsKeyNotFoundError, which is apierrors.IsNotFound for an error of the server.
package limits

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// ValidateEventType tells whether an event may have that type. The server takes others in v1, but readers don't know them.
func ValidateEventType(eventtype string) bool {
	return eventtype == corev1.EventTypeNormal || eventtype == corev1.EventTypeWarning
}

// GenerateEventName returns a name for an event about refName at unixNano, in nanoseconds since 1970. Objects may have
// names that an event can't have, since they are too long or are path segments only, such as "system:node": the
// event's name is random then.
func GenerateEventName(refName string, unixNano int64) string {
	name := refName + "." + strconv.FormatInt(unixNano, 16)
	if isSubdomain(name) {
		return name
	}
	return strings.ToLower(rand.Text())
}

// UniqueEventName returns the GenerateEventName of now, or of a little later: two events of this process, whichever recorders
// make them, have different names although the clock may stand still for a moment. The server would refuse the second
// one, and nobody would know: to a recorder "already exists" looks like an answer that was lost before.
func UniqueEventName(refName string, now time.Time) string {
	return GenerateEventName(refName, stamp(now.UnixNano()))
}

// lastStamp is the latest result of stamp.
var lastStamp atomic.Int64

// stamp returns unixNano, or a little more: never the same twice. A clock that was set back begins again, so that the
// names go on telling the time; goroutines that only come late are less than a second late.
func stamp(unixNano int64) int64 {
	for {
		last := lastStamp.Load()
		next := unixNano
		if last-next < int64(time.Second) {
			next = max(next, last+1)
		}
		if lastStamp.CompareAndSwap(last, next) {
			return next
		}
	}
}

// isSubdomain answers as validation.IsDNS1123Subdomain does, without its regular expression: labels of letters, digits
// and inner hyphens, with dots between them.
func isSubdomain(name string) bool {
	if len(name) > validation.DNS1123SubdomainMaxLength {
		return false
	}
	before := byte('.')
	for i := range len(name) {
		switch c := name[i]; {
		case isAlphanumeric(c):
		case c == '-' && before != '.':
		case c == '.' && isAlphanumeric(before):
		default:
			return false
		}
		before = name[i]
	}
	return isAlphanumeric(before)
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}
