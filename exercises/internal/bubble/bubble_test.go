package bubble_test

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ends = invariant.Invariant{Says: "it ends", Read: "here"}

func TestTimeIsFake(t *testing.T) {
	bubble.Test(t, ends, func(t *testing.T) {
		began := time.Now()
		time.Sleep(time.Hour)
		require.Equal(t, time.Hour, time.Since(began))
	})
}

// wrong are tests that end badly. Each runs in a process of its own, for it makes a mess of it.
var wrong = map[string]func(t *testing.T){
	"mutex": func(*testing.T) {
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	},
	"spin": func(*testing.T) {
		go func() {
			for {
				runtime.Gosched()
			}
		}()
		synctest.Wait()
	},
	"deadlock": func(*testing.T) { <-make(chan int) },
	"left": func(*testing.T) {
		go func() { <-make(chan int) }()
	},
	"failed": func(t *testing.T) {
		go func() { <-make(chan int) }()
		t.Fatal("it says why")
	},
	"caught": func(t *testing.T) {
		defer bubble.Catch(t, ends, "look behind the end")
		none := []int{}
		none[len(none)]++
	},
	"TODO": func(t *testing.T) {
		defer bubble.Catch(t, ends, "begin")
		panic("TODO ch01/ex01: begin")
	},
	"panic": func(*testing.T) { panic("at the disco") },
}

func TestInAnotherProcess(t *testing.T) {
	test, ok := wrong[os.Getenv("BUBBLE")]
	if !ok {
		return
	}
	bubble.Test(t, ends, test)
}

// It doesn't begin when another one hangs.
func TestInAnotherProcessAfterIt(t *testing.T) {
	if _, ok := wrong[os.Getenv("BUBBLE")]; ok {
		bubble.Test(t, ends, func(*testing.T) {})
	}
}

func TestWhatGoesWrongIsTold(t *testing.T) {
	for _, test := range []struct {
		name      string
		told, not []string
	}{
		{"mutex", []string{"invariant  it ends", "never comes to rest", "bubble_test.go:", " [sync.Mutex.Lock]", "not run    TestInAnotherProcess hangs"}, []string{"goroutine 1"}},
		{"spin", []string{"invariant  it ends", "never comes to rest", "bubble_test.go:", "not run    TestInAnotherProcess hangs"}, nil},
		{"deadlock", []string{"invariant  it ends", "waits for something that never comes", "bubble_test.go:", " [chan receive"}, []string{"not run", "panic:"}},
		{"left", []string{"invariant  it ends", "waits for something that never comes", "bubble_test.go:", " [chan receive"}, []string{"not run", "panic:"}},
		{"failed", []string{"it says why"}, []string{"panic:", "invariant"}},
		{"caught", []string{"doing      look behind the end", "saw        panic: runtime error: index out of range [0]", "\n                   at bubble"}, []string{"\npanic:"}},
		{"TODO", []string{"panic: TODO ch01/ex01: begin"}, []string{"invariant"}},
		{"panic", []string{"panic: at the disco"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestInAnotherProcess", "-test.timeout=20s")
			cmd.Env = append(os.Environ(), "BUBBLE="+test.name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "%s", out)
			for _, text := range test.told {
				require.Contains(t, string(out), text)
			}
			for _, text := range test.not {
				require.NotContains(t, string(out), text)
			}
		})
	}
}
