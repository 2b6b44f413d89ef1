package limits_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/validation"

	"client-go-workbook/lib/record/limits"
)

func TestTypesOfEvents(t *testing.T) {
	for eventtype, want := range map[string]bool{"Normal": true, "Warning": true, "": false, "normal": false, "Error": false, "Normal ": false} {
		require.Equal(t, want, limits.ValidateEventType(eventtype), "%q", eventtype)
	}
}

func TestNamesOfEvents(t *testing.T) {
	for about, kept := range map[string]bool{
		"web":                    true,
		"web-0.shop--x.example":  true,
		strings.Repeat("a", 236): true, // with a dot and 16 digits
		strings.Repeat("a", 237): false,
		"":                       false,
		"Web":                    false,
		"-web":                   false,
		"web-":                   false,
		"web..0":                 false,
		"web.-0":                 false,
		"system:node":            false,
		"wéb":                    false,
		"web\n":                  false,
		"web/0":                  false,
	} {
		const at = 0x17e5_0000_0000_0001
		name := limits.GenerateEventName(about, at)
		requireValid(t, name)
		require.Equal(t, kept, name == about+".17e5000000000001", "%q for %q", name, about)
		if !kept {
			require.NotEqual(t, name, limits.GenerateEventName(about, at), "two random names for %q", about)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	now := time.Now()
	names := map[string]bool{}
	for _, late := range []time.Duration{0, 0, time.Microsecond, 0, time.Second / 2, 0} {
		name := limits.UniqueEventName("web", now.Add(-late))
		require.Regexp(t, `^web\.[0-9a-f]+$`, name)
		names[name] = true
	}
	require.Len(t, names, 6, "although the clock stands still, and some come late")

	for _, clock := range []time.Duration{time.Hour, 2 * time.Hour, -time.Hour, 0} {
		at := now.Add(clock)
		require.Equal(t, limits.GenerateEventName("web", at.UnixNano()), limits.UniqueEventName("web", at), "the name tells the time")
	}
}

// apimachinery's own rule decides what must have become of any name.
func TestNamesAgreeWithTheServersRule(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	kept := 0
	for range 20_000 {
		about := make([]byte, random.IntN(9))
		for i := range about {
			about[i] = "a0z9-.a0z9bA"[random.IntN(12)]
		}
		at := random.Int64() - random.Int64N(2)*random.Int64()
		plain := string(about) + "." + strconv.FormatInt(at, 16)
		name := limits.GenerateEventName(string(about), at)
		requireValid(t, name)
		fits := len(validation.NameIsDNSSubdomain(plain, false)) == 0
		require.Equal(t, fits, name == plain, plain)
		if fits {
			kept++
		}
	}
	require.NotZero(t, kept)
	require.Less(t, kept, 20_000)
}

func requireValid(t *testing.T, name string) {
	t.Helper()
	require.Empty(t, validation.NameIsDNSSubdomain(name, false), name)
}
